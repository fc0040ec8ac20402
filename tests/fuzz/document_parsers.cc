// XML and policies: the readers, and the documents that are parsed and written again. Those of the other
// operations are reached by the harness "server".

#include <partsmith/protocol/xml.h>

#include "configuration/bucket_encryption.h"
#include "configuration/cors.h"
#include "configuration/lifecycle.h"
#include "harness.h"
#include "operations/completion_document.h"
#include "operations/listed_texts.h"
#include "policies/bucket_policy.h"
#include "tags.h"

namespace partsmith::fuzz {
namespace {

std::size_t elements(const protocol::XmlElement& element, std::size_t& text) {
  std::size_t count = 1;
  text += element.name.size() + element.text.size();
  for (const auto& child : element.children) count += elements(child, text);
  return count;
}

void xml(std::string_view input) {
  const auto parsed = protocol::parse_xml(input);
  static_cast<void>(protocol::xml_escaped(input));
  if (!parsed) return;
  std::size_t text = 0;
  must(elements(*parsed, text) <= input.size(), "elements have bytes");
  must(text <= 4 * input.size(), "text isn't longer than its document");
}

std::vector<std::string> xml_seeds() {
  return {
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a "
      "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><b>c</b><b/>"
      "&lt;&#13;&#x1F600;<![CDATA[<>]]><!-- c --></a>",
      "<x:a xmlns:x='y'><x:b c=\"d\">e</x:b></x:a>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
      "\xEF\xBB\xBF<a> b </a>"};
}

/// What is parsed can be written, and is the same when it is parsed again.
template <auto Parse, auto Write>
void twice(std::string_view input) {
  const auto parsed = Parse(input);
  if (!parsed) return;
  const std::string written = Write(*parsed);
  const auto again = Parse(written);
  must(again.has_value(), "what was written can be parsed");
  must(Write(*again) == written, "it says the same");
}

std::string cors_text(const std::vector<server::CorsRule>& rules) {
  return server::cors_document(rules);
}
std::string lifecycle_text(const std::vector<server::LifecycleRule>& rules) {
  return server::lifecycle_document(rules);
}

server::S3Result<server::BucketPolicy> bucket_policy(std::string_view text) {
  return server::parse_bucket_policy(text, "films");
}
std::string bucket_policy_text(const server::BucketPolicy& policy) {
  return policy.text;
}

std::vector<std::string> bucket_policy_seeds() {
  return {
      R"({"Version":"2012-10-17","Id":"a","Statement":[{"Sid":"b","Effect":"Allow","Principal":"*","Action":["s3:GetObject"],)"
      R"("Resource":["arn:aws:s3:::films/*","arn:aws:s3:::films/a?c"],"Condition":{"IpAddress":{"aws:SourceIp":)"
      R"(["192.0.2.0/24","2001:db8::/32"]},"StringNotLikeIfExists":{"aws:Referer":"https://*"},"Bool":{"aws:SecureTransport":)"
      R"(true},"NumericLessThan":{"s3:max-keys":10},"Null":{"s3:x-amz-acl":"true"}}}]})",
      R"({"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":["000000000000","arn:aws:iam::111122223333:user/a"],)"
      R"("CanonicalUser":"a","Service":["b"]},"NotAction":"s3:*Bucket*","NotResource":"arn:aws:s3:::films"}})"};
}

void completion(std::string_view input) {
  const auto parts = server::completion_document(input);
  if (parts) must(!parts->empty() && parts->size() <= limits::max_part_number, "there are parts");
  const auto plain = server::plain_listed_texts(input);
  must(!plain || plain == server::listed_texts(input), "the plain reading finds what the library finds");
}

std::vector<std::string> completion_seeds() {
  return {
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"d60cadf1a41c651e1f0ade50136bad43\"</"
      "ETag>"
      "<ChecksumCRC32>NhCmhg==</ChecksumCRC32></Part><Part><ETag>d60cadf1a41c651e1f0ade50136bad43</ETag>"
      "<PartNumber>10000</PartNumber></Part></CompleteMultipartUpload>"};
}

std::vector<std::string> cors_seeds() {
  return {
      "<CORSConfiguration><CORSRule><ID>a</ID><AllowedOrigin>http://*.example.com</AllowedOrigin>"
      "<AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedHeader>*</AllowedHeader>"
      "<ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule></CORSConfiguration>"};
}

std::vector<std::string> lifecycle_seeds() {
  return {
      "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Filter><And><Prefix>logs/</"
      "Prefix><Tag>"
      "<Key>k</Key><Value>v</Value></Tag><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan></And></Filter>"
      "<Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition><Expiration><Days>365</"
      "Days>"
      "</Expiration><NoncurrentVersionExpiration><NoncurrentDays>9</NoncurrentDays></"
      "NoncurrentVersionExpiration>"
      "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>"
      "</AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>",
      "<LifecycleConfiguration><Rule><Prefix>a</Prefix><Status>Disabled</Status><Expiration>"
      "<Date>2026-02-21T00:00:00.000Z</Date></Expiration></Rule></LifecycleConfiguration>"};
}

std::vector<std::string> encryption_seeds() {
  return {
      "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms"
      "</SSEAlgorithm><KMSMasterKeyID>alias/a</KMSMasterKeyID></ApplyServerSideEncryptionByDefault>"
      "<BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"};
}

void tagging(std::string_view input) {
  for (const auto& rules : {server::object_tag_rules, server::bucket_tag_rules}) {
    const auto tags = server::parse_tagging(input, rules);
    if (!tags) continue;
    must(tags->size() <= rules.most, "tags are counted");
    must(server::parse_tagging(server::tagging_document(*tags), rules) == *tags,
         "tags are written as they are");
  }
}

std::vector<std::string> tagging_seeds() {
  return {
      "<Tagging><TagSet><Tag><Key>a</Key><Value>b "
      "c</Value></Tag><Tag><Key>\xC3\xA4</Key><Value></Value></Tag>"
      "</TagSet></Tagging>"};
}

}  // namespace

const std::vector<Harness> document_parsers{
    {"xml", 4'096, xml, xml_seeds},
    {"completion", 4'096, completion, completion_seeds},
    {"cors", 4'096, twice<server::parse_cors, cors_text>, cors_seeds},
    {"lifecycle", 4'096, twice<server::parse_lifecycle, lifecycle_text>, lifecycle_seeds},
    {"encryption", 2'048, twice<server::parse_bucket_encryption, server::bucket_encryption_document>,
     encryption_seeds},
    {"bucket-policy", 4'096, twice<bucket_policy, bucket_policy_text>, bucket_policy_seeds},
    {"tagging", 2'048, tagging, tagging_seeds}};

}  // namespace partsmith::fuzz
