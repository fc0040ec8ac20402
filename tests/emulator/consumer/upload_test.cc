#include <curl/curl.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include <partsmith/emulator.h>

// --- The code under test: an upload in parts by libcurl, which signs requests itself.

struct Answer {
  long status = 0;
  std::string head;
  std::string body;
};

std::size_t append(char* bytes, std::size_t one, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(bytes, one * count);
  return one * count;
}

Answer ask(const std::string& method, const std::string& url, const std::string& body = {}) {
  CURL* curl = curl_easy_init();
  curl_slist* headers = curl_slist_append(nullptr, "x-amz-content-sha256: UNSIGNED-PAYLOAD");
  Answer answer;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, "aws:amz:us-east-1:s3");
  curl_easy_setopt(curl, CURLOPT_USERPWD, "test:test");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  if (method != "GET") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  }
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, append);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.head);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
  return answer;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

/// True when the object is there.
bool upload(const std::string& url, const std::vector<std::string>& parts) {
  const std::string id = between(ask("POST", url + "?uploads=").body, "<UploadId>", "</UploadId>");
  std::string list;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    const Answer part = ask("PUT", url + "?partNumber=" + number + "&uploadId=" + id, parts[i]);
    list += "<Part><PartNumber>" + number + "</PartNumber><ETag>" + between(part.head, "ETag: ", "\r\n") +
            "</ETag></Part>";
  }
  const std::string document = "<CompleteMultipartUpload>" + list + "</CompleteMultipartUpload>";
  for (int attempt = 1; attempt <= 3; ++attempt) {
    try {
      const Answer done = ask("POST", url + "?uploadId=" + id, document);
      return done.status == 200 &&
             done.body.find("<Error>") == std::string::npos;  // a 200 may carry an error
    } catch (const std::runtime_error&) {
      // The answer is lost: once more.
    }
  }
  return false;
}

// --- Its tests.

struct UploadTest : testing::Test {
  partsmith::Emulator s3{{.buckets = {"films"}, .min_part_size = 1024}};
  std::string film = s3.endpoint_url() + "/films/gopher.mp4";
  std::vector<std::string> parts = {std::string(1024, 'g'), "opher"};
};

TEST_F(UploadTest, PartsBecomeOneObject) {
  EXPECT_TRUE(upload(film, parts));
  EXPECT_EQ(ask("GET", film).body, parts[0] + parts[1]);

  const auto verdict =
      s3.journal().expect({.filter = {.operation = "UploadPart"}, .count = 2, .distinct = "part_number"});
  EXPECT_TRUE(verdict) << verdict;
}

TEST_F(UploadTest, ALostAnswerToTheCompletionIsNoFailure) {
  s3.faults().add({.name = "lost-complete",
                   .match = {.operations = {"CompleteMultipartUpload"}, .key = "*.mp4"},
                   .times = 1,
                   .when = partsmith::FaultWhen::after_commit,
                   .fault = partsmith::faults::Reset{}});
  EXPECT_TRUE(upload(film, parts));
  EXPECT_EQ(s3.faults().hits("lost-complete"), 1u);

  const auto verdict = s3.journal().expect({.filter = {.operation = "CompleteMultipartUpload"}, .count = 2});
  EXPECT_TRUE(verdict) << verdict;
}

TEST_F(UploadTest, AnErrorInA200IsNoSuccess) {
  s3.faults().add_preset("error-in-200");
  EXPECT_FALSE(upload(film, parts));
}

TEST_F(UploadTest, AnObjectIsAsOldAsTheClockSays) {
  s3.clock().set(std::chrono::sys_days(std::chrono::year(2030) / 1 / 1));
  EXPECT_TRUE(upload(film, parts));
  EXPECT_NE(ask("GET", film).head.find("Last-Modified: Tue, 01 Jan 2030"), std::string::npos);
}
