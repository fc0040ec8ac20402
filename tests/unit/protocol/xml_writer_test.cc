#include <stdexcept>

#include <partsmith/protocol/xml_bounds.h>

#include "catch.h"

namespace partsmith::protocol {

TEST_CASE("A document is S3's declaration on its line and the root with the namespace, without white space") {
  XmlWriter xml("ListPartsResult");
  xml.element("Bucket", "b").open("Part").element("PartNumber", std::uint64_t{1}).close();
  CHECK(xml.finish() ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<ListPartsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<Bucket>b</Bucket><Part><PartNumber>1</PartNumber></Part></ListPartsResult>");
}

TEST_CASE("A root can do without a namespace, as errors do") {
  XmlWriter xml("Error", "");
  xml.element("Code", "NoSuchKey");
  CHECK(xml.finish() == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code></Error>");
}

TEST_CASE("Texts, numbers and truth values are written as S3 writes them") {
  XmlWriter xml("R", "");
  const std::string text = "t";
  xml.element("Literal", "true or not").element("Text", text).element("View", std::string_view(text));
  xml.element("Big", std::uint64_t{18'446'744'073'709'551'615U}).element("Small", std::uint32_t{7});
  xml.element("Yes", true).element("No", false);
  CHECK(xml.finish().substr(39) ==
        "<R><Literal>true or not</Literal><Text>t</Text><View>t</View><Big>18446744073709551615</Big>"
        "<Small>7</Small><Yes>true</Yes><No>false</No></R>");
}

TEST_CASE("An empty text has both tags, an element that was opened and stayed empty has one") {
  XmlWriter xml("R", "");
  xml.element("Prefix", "").open("Buckets").close().open("Owner").element("ID", "x").close();
  CHECK(xml.finish().substr(39) == "<R><Prefix></Prefix><Buckets/><Owner><ID>x</ID></Owner></R>");
  CHECK(XmlWriter("VersioningConfiguration", "urn:x").finish().substr(39) ==
        "<VersioningConfiguration xmlns=\"urn:x\"/>");
}

TEST_CASE("A root can hold a text") {
  XmlWriter xml("LocationConstraint", "");
  xml.text("eu-west-1");
  CHECK(xml.finish().substr(39) == "<LocationConstraint>eu-west-1</LocationConstraint>");
}

TEST_CASE("An optional element is written when there is a text, even an empty one") {
  XmlWriter xml("R", "");
  xml.optional_element("A", std::nullopt).optional_element("B", "").optional_element("C", "c");
  CHECK(xml.finish().substr(39) == "<R><B></B><C>c</C></R>");
}

TEST_CASE("Whatever is open is closed at the end") {
  XmlWriter xml("A", "");
  xml.open("B").open("C").element("D", "d");
  CHECK(xml.finish().substr(39) == "<A><B><C><D>d</D></C></B></A>");
}

TEST_CASE("Closing more than was opened is a bug that is told") {
  XmlWriter xml("A", "");
  xml.close();
  CHECK_THROWS_AS(xml.close(), std::logic_error);
}

TEST_CASE("Markup, quotes, CR and control characters are escaped as S3 does") {
  CHECK(xml_escaped("a&b<c>d\"e'f") == "a&amp;b&lt;c&gt;d&quot;e'f");
  CHECK(xml_escaped("\"d41d8\"") == "&quot;d41d8&quot;");
  CHECK(xml_escaped("a\rb") == "a&#13;b");
  CHECK(xml_escaped("a\tb\nc") == "a\tb\nc");
  CHECK(xml_escaped(std::string_view("\x00\x01\x1f", 3)) == "&#x0;&#x1;&#x1f;");
  CHECK(xml_escaped("\xC3\xBC\xE6\x97\xA5\x7F\xF0\x9F\x98\x80") ==
        "\xC3\xBC\xE6\x97\xA5\x7F\xF0\x9F\x98\x80");
  CHECK(xml_escaped("\xEF\xBF\xBE\xEF\xBF\xBF") == "&#xfffe;&#xffff;");
}

TEST_CASE("Bytes that aren't UTF-8 are written as U+FFFD each") {
  const std::string_view text = GENERATE(as<std::string_view>(), "\xFF", "\x80", "\xC3", "\xC0\x80",
                                         "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE6\x97", "\xF0\x9F\x98");
  std::string expected = "a";
  for (std::size_t i = 0; i < text.size(); ++i) expected += "\xEF\xBF\xBD";
  CHECK(xml_escaped("a" + std::string(text) + "\xC3\xBC") == expected + "\xC3\xBC");
}

TEST_CASE("An error's document can be read whatever bytes a client sent") {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  bytes += "\xEF\xBF\xBE\xED\xA0\x80";
  XmlWriter xml("Error", "");
  xml.element("ArgumentValue", xml_readable(bytes));
  const auto text = parse_xml(xml.finish()).value().child("ArgumentValue")->text;
  CHECK(text.find("!\"#$%&'()*") != std::string::npos);
  CHECK(text.starts_with("\xEF\xBF\xBD\xEF\xBF\xBD"));
}

}  // namespace partsmith::protocol
