#include <partsmith/protocol/xml_bounds.h>

#include "catch.h"

namespace partsmith::protocol {
namespace {

std::string root_text(std::string_view document) {
  return parse_xml(document).value().text;
}

std::string nested(int levels) {
  std::string open;
  std::string close;
  for (int i = 0; i < levels; ++i) {
    open += "<a>";
    close += "</a>";
  }
  return open + close;
}

}  // namespace

TEST_CASE("A document becomes a tree that keeps the order of its elements") {
  const auto root = parse_xml(
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
                        "  <Part><PartNumber> 2 </PartNumber><ETag>&quot;a&quot;</ETag></Part>\n"
                        "  <Part><ETag>b</ETag><PartNumber>1</PartNumber></Part>\n"
                        "</CompleteMultipartUpload>\n")
                        .value();
  CHECK(root.name == "CompleteMultipartUpload");
  REQUIRE(root.children.size() == 2);
  CHECK(root.children[0].child_text("PartNumber") == "2");
  CHECK(root.children[0].child("PartNumber")->text == " 2 ");
  CHECK(root.children[0].child_text("ETag") == "\"a\"");
  CHECK(root.children[1].children[0].name == "ETag");
}

TEST_CASE("A child that isn't there has no text, an empty one has an empty text") {
  const auto root = parse_xml("<a><b/><c></c><d> \n</d></a>").value();
  CHECK(root.child_text("b") == "");
  CHECK(root.child_text("c") == "");
  CHECK(root.child_text("d") == "");
  CHECK_FALSE(root.child_text("e").has_value());
  CHECK(root.child("e") == nullptr);
}

TEST_CASE("White space is text when it is all that an element holds") {
  CHECK(root_text("<Key> </Key>") == " ");
  CHECK(root_text("<Key>\t \t</Key>") == "\t \t");
  CHECK(root_text("<Key>\r\n\r\n \r</Key>") == "\n\n \n");
  CHECK(root_text("<Key>&#32;</Key>") == " ");
  CHECK(parse_xml("<a>\n  <Key> </Key>\n</a>").value().children.front().text == " ");
}

TEST_CASE("Text, references and CDATA of an element are joined") {
  CHECK(root_text("<a>x<![CDATA[<&>]]>y</a>") == "x<&>y");
  CHECK(root_text("<a> <![CDATA[ ]]> </a>") == "   ");
  CHECK(root_text("<a>x<!-- not this -->y</a>") == "xy");
  CHECK(root_text("<a>x<b>inner</b>y</a>") == "xy");
  CHECK(root_text("<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#xfc;</a>") == "&<>\"'AB\xC3\xBC");
  CHECK(root_text("<a>&#13;&#10;</a>") == "\r\n");
  CHECK(root_text("<a><![CDATA[ <b> </b> &foo; ]]></a>") == " <b> </b> &foo; ");
}

TEST_CASE("Whatever the writer escapes, the reader gives back") {
  std::string text;
  for (int byte = 1; byte < 0x80; ++byte) text += static_cast<char>(byte);
  XmlWriter xml("R");
  xml.element("Key", text).element("Space", " ");
  const auto root = parse_xml(xml.finish()).value();
  CHECK(root.child("Key")->text == text);
  CHECK(root.child("Space")->text == " ");
}

TEST_CASE("Prefixes and namespaces are ignored") {
  const auto root =
      parse_xml("<s3:Delete xmlns:s3='urn:x'><s3:Object><Key>k</Key></s3:Object></s3:Delete>").value();
  CHECK(root.name == "Delete");
  CHECK(root.child("Object")->child_text("Key") == "k");
}

TEST_CASE("Attributes are kept without their prefix, declarations of namespaces are not") {
  const auto root =
      parse_xml("<a xmlns=\"urn:x\" xmlns:xsi=\"urn:y\" xsi:type=\"Group\" b='1 &amp; 2'><c/></a>");
  REQUIRE(root);
  CHECK(root->attributes.size() == 2);
  CHECK(root->attribute("type") == "Group");
  CHECK(root->attribute("b") == "1 & 2");
  CHECK(root->attribute("xmlns") == std::nullopt);
  CHECK(root->children.at(0).attributes.empty());
}

TEST_CASE("A byte order mark, comments and instructions around the root are passed over") {
  CHECK(parse_xml("\xEF\xBB\xBF<?xml version=\"1.0\"?><!-- c --><a/><!-- d -->\n").value().name == "a");
  CHECK(parse_xml("<a b='1>2' c=\"'/>'\">t</a>").value().text == "t");
}

TEST_CASE("What is not one well-formed document is refused") {
  const auto text =
      GENERATE(as<std::string_view>(), "", "   ", "text", "<?xml version=\"1.0\"?>", "<!-- only -->", "<a>",
               "<a", "<", "</a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a/>text", "text<a/>",
               "<a/><![CDATA[x]]>", "<a b=1/>", "<a b/>", "<a><!-- open</a>", "<a><![CDATA[open</a>",
               "<a>&undefined;</a>", "<a>&</a>", "<a>& b;</a>", "<a>&#;</a>", "<a>&#x;</a>", "<a>&#xg;</a>",
               "<a>&#0;</a>", "<a>&#x000;</a>", "<a>&amp</a>", "<a b='&undefined;'/>", "<a>\x01</a>",
               "<a>\xFF</a>", "<a>\xC3</a>", "<>", "< a/>", "<a></ a>", "<a b='<'/>", "<a <b/>");
  CAPTURE(text);
  CHECK_FALSE(parse_xml(text).has_value());
}

TEST_CASE("A byte of zero is refused") {
  CHECK_FALSE(parse_xml(std::string_view("<a/>\0<b/>", 9)).has_value());
  CHECK_FALSE(parse_xml(std::string_view("<a>\0</a>", 8)).has_value());
}

TEST_CASE("A document type definition is refused, so no entity can be defined") {
  const auto text =
      GENERATE(as<std::string_view>(), "<!DOCTYPE a><a/>",
               "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;\">]><a>&y;</a>",
               "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "<a><!ELEMENT b></a>");
  CAPTURE(text);
  CHECK_FALSE(parse_xml(text).has_value());
}

TEST_CASE("Nesting is bounded") {
  CHECK(parse_xml(nested(32)).has_value());
  CHECK_FALSE(parse_xml(nested(33)).has_value());
  CHECK_FALSE(parse_xml(nested(100'000)).has_value());
}

TEST_CASE("A document that costs more than its limits is refused, and one that costs as much is read") {
  const auto repeated = [](const std::string& piece, std::size_t times) {
    std::string text = "<a>";
    for (std::size_t i = 0; i < times; ++i) text += piece;
    return text + "</a>";
  };
  const std::string piece = GENERATE("<b/>", "<b></b>", "<b>x</b>", "<!---->", "<![CDATA[]]>");
  CAPTURE(piece);
  CHECK(parse_xml(repeated(piece, 9), XmlLimits{.nodes = 10}).has_value());
  CHECK_FALSE(parse_xml(repeated(piece, 10), XmlLimits{.nodes = 10}).has_value());
  CHECK_FALSE(parse_xml(repeated(piece, 1'000'000)).has_value());
  CHECK_FALSE(parse_xml(repeated("<?b?>", 1'000'000)).has_value());
}

TEST_CASE("Attributes, tags and bytes are bounded") {
  const auto with_attributes = [](int count) {
    std::string text = "<a";
    for (int i = 0; i < count; ++i) text += " a" + std::to_string(i) + "='1'";
    return text + "/>";
  };
  CHECK(parse_xml(with_attributes(16)).has_value());
  CHECK_FALSE(parse_xml(with_attributes(17)).has_value());
  CHECK_FALSE(parse_xml(with_attributes(300'000)).has_value());
  CHECK(parse_xml('<' + std::string(4'093, 'a') + "/>").has_value());
  CHECK_FALSE(parse_xml('<' + std::string(4'094, 'a') + "/>").has_value());
  CHECK(parse_xml("<a>12345</a>", XmlLimits{.bytes = 12}).has_value());
  CHECK_FALSE(parse_xml("<a>123456</a>", XmlLimits{.bytes = 12}).has_value());
}

TEST_CASE("White space that is a whole text is bounded, for each byte of it is written as five") {
  CHECK(parse_xml("<a>" + std::string(4'096, ' ') + "</a>").has_value());
  CHECK_FALSE(parse_xml("<a>" + std::string(4'097, ' ') + "</a>").has_value());
  CHECK(parse_xml("<a>\n" + std::string(100'000, ' ') + "<b/></a>").has_value());
}

TEST_CASE("Every beginning of a document that ends within the root is refused") {
  const std::string document = "<?xml version=\"1.0\"?><a b='c'>x<!-- d --><![CDATA[e]]><f>&amp;</f><g/></a>";
  for (std::size_t length = 0; length < document.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(parse_xml(std::string_view(document).substr(0, length)).has_value());
  }
  CHECK(parse_xml(document).has_value());
}

}  // namespace partsmith::protocol
