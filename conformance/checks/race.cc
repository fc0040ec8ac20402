/// Requests at the same time, and in-flight parts of uploads that end.

#include <algorithm>

#include "checks/rounds.h"

namespace partsmith::conformance::checks {
namespace {

using client::complete_multipart_upload;

std::size_t how_many(const std::vector<Answer>& answers, int status) {
  return static_cast<std::size_t>(
      std::ranges::count_if(answers, [&](const Answer& answer) { return answer.answer().status == status; }));
}

std::string statuses(const std::vector<Answer>& answers) {
  std::string text;
  for (const auto& answer : answers)
    text += (text.empty() ? "" : ", ") + std::to_string(answer.answer().status);
  return text;
}

void parts_in_parallel(CheckContext& c) {
  const auto upload = c.create();
  std::vector<client::S3Request> parts;
  for (int number = 1; number <= 8; ++number) {
    parts.push_back(client::upload_part(upload, std::to_string(number), "part " + std::to_string(number)));
  }
  auto answers = c.send_together(parts);
  answers.front().expect(how_many(answers, 200) == 8, "200 for each of eight parts", statuses(answers),
                         {"together", "200", "8"});
  auto listed = c.send(client::list_parts(upload));
  listed.status(200).elements("Part", 8);
  for (int number = 1; number <= 8; ++number) {
    listed.element("Part[" + std::to_string(number) + "]/ETag",
                   '"' + to_hex(md5(as_bytes("part " + std::to_string(number)))) + '"');
  }
}

void same_part(CheckContext& c) {
  const auto upload = c.create();
  auto answers = c.send_together({client::upload_part(upload, "1", repeated("a", 1000)),
                                  client::upload_part(upload, "1", repeated("b", 2000))});
  answers.front()
      .expect(how_many(answers, 200) == 2, "200 for both", statuses(answers), {"together", "200", "2"})
      .required();
  auto listed = c.send(client::list_parts(upload));
  listed.status(200).elements("Part", 1);
  const auto etag = listed.text("Part/ETag");
  const bool first = etag == answers[0].header_value("ETag");
  listed
      .expect(first || etag == answers[1].header_value("ETag"), "the ETag of one of both", etag,
              {"element among", "Part/ETag",
               lines({answers[0].header_value("ETag"), answers[1].header_value("ETag")})})
      .element("Part/Size", first ? "1000" : "2000")
      .required();
  c.complete(upload, {{"1", etag, {}}});
  c.send(c.get()).status(200).body(first ? repeated("a", 1000) : repeated("b", 2000));
}

void complete_twice(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  const auto request = complete_multipart_upload(upload, std::vector{part});
  auto answers = c.send_together({request, request});
  for (auto& answer : answers) {
    const bool done = answer.answer().status == 200;
    const bool gone = answer.text("Code") == "NoSuchUpload";
    answer.expect(done || gone, "the object, or that the upload is no more",
                  std::to_string(answer.answer().status), {"answer among", "", "200\n404 NoSuchUpload"});
    if (done) answer.element("ETag", "\"2068bfdec27f4616282c1124300f0ae6-1\"");
  }
  answers.front().expect(how_many(answers, 200) >= 1, "200 at least once", statuses(answers),
                         {"together at least", "200", "1"});
  c.send(c.get()).status(200).body("data");
}

/// How a Complete may be refused that met an Abort: nothing tells which of these it is when that has begun.
constexpr std::string_view aborted_codes[] = {"NoSuchUpload", "InvalidPart", "OperationAborted"};

void complete_and_abort(CheckContext& c) {
  const auto upload = c.create();
  const auto part = c.part(upload, 1, "data");
  auto answers = c.send_together(
      {complete_multipart_upload(upload, std::vector{part}), client::abort_multipart_upload(upload)});
  auto& completed = answers[0];
  const auto status = completed.answer().status;
  const auto code = completed.text("Code");
  const bool done = status == 200;
  completed.expect(done || std::ranges::find(aborted_codes, code) != std::end(aborted_codes),
                   "the object, or NoSuchUpload, InvalidPart or OperationAborted",
                   std::to_string(status) + ' ' + code,
                   {"answer among", "", "200\n404 NoSuchUpload\n400 InvalidPart\n409 OperationAborted"});
  if (done) {
    c.send(c.get()).status(200).body("data");
  } else {
    c.send(c.get()).error(404, "NoSuchKey");
  }
  c.send(client::list_parts(upload)).error(404, "NoSuchUpload");
}

void part_and_abort(CheckContext& c) {
  const auto upload = c.create();
  auto answers = c.send_together(
      {client::upload_part(upload, "1", repeated("a", 300'000)), client::abort_multipart_upload(upload)});
  answers[1].status(204);
  answers[0].expect(answers[0].answer().status == 200 || answers[0].text("Code") == "NoSuchUpload",
                    "the part, or NoSuchUpload", std::to_string(answers[0].answer().status),
                    {"answer among", "", "200\n404 NoSuchUpload"});
  c.send(client::list_parts(upload)).error(404, "NoSuchUpload");
}

/// Of those who want to be first one is.
void expect_one_winner(std::vector<Answer>& answers) {
  const auto refused = how_many(answers, 412) + how_many(answers, 409);
  answers.front().expect(how_many(answers, 200) == 1 && refused + 1 == answers.size(),
                         "200 once, and 412 or 409 for the others", statuses(answers),
                         how_many(answers, 200) == 1
                             ? scripts::Claim{"together", "409 412", std::to_string(answers.size() - 1)}
                             : scripts::Claim{"together", "200", "1"});
}

void first_complete_wins(CheckContext& c) {
  std::vector<client::S3Request> requests;
  for (const auto* content : {"one", "two", "three"}) {
    const auto upload = c.create();
    const auto part = c.part(upload, 1, content);
    requests.push_back(complete_multipart_upload(upload, std::vector{part}));
    requests.back().header("If-None-Match", "*");
  }
  auto answers = c.send_together(requests);
  expect_one_winner(answers);
}

void first_put_wins(CheckContext& c) {
  std::vector<client::S3Request> requests;
  for (const auto* content : {"one", "two", "three", "four"}) {
    requests.push_back(putting(c, "object", content));
    requests.back().header("If-None-Match", "*");
  }
  auto answers = c.send_together(requests);
  expect_one_winner(answers);
  answers.front().required();  // several winners leave open whose object it is
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].answer().status == 200)
      c.send(c.get()).status(200).header("ETag", answers[i].header_value("ETag"));
  }
}

void whole_or_not_at_all(CheckContext& c) {
  const auto old = repeated("old", 20'000);
  const auto fresh = repeated("new", 30'000);
  c.put("object", old);
  auto answers = c.send_together({putting(c, "object", fresh), c.get(), c.get(), c.get()});
  for (std::size_t i = 1; i < answers.size(); ++i) {
    const auto& body = answers[i].answer().body;
    answers[i].status(200).expect(body == old || body == fresh, "the old object or the new, whole",
                                  std::to_string(body.size()) + " bytes");
  }
  c.send(c.get()).status(200).body(fresh);
}

void part_after_abort(CheckContext& c) {
  const auto upload = c.create();
  c.part(upload, 1, "data");
  c.send(client::abort_multipart_upload(upload)).status(204);
  c.send(client::upload_part(upload, "2", "more"))
      .error(404, "NoSuchUpload")
      .field("UploadId", upload.upload_id);
  c.send(client::list_parts(upload)).error(404, "NoSuchUpload");
}

/// Documented as NoSuchUpload; Amazon S3 was met answering 204 for a long while, as if it had been there.
void expect_gone(Answer answer) {
  const auto code = answer.text("Code");
  const bool gone =
      answer.answer().status == 204 || (answer.answer().status == 404 && code == "NoSuchUpload");
  answer.expect(gone, "status 404 NoSuchUpload, or 204",
                "status " + std::to_string(answer.answer().status) + ' ' + code,
                {"answer among", "", "204\n404 NoSuchUpload"});
}

void abort_twice(CheckContext& c) {
  const auto upload = c.create();
  c.send(client::abort_multipart_upload(upload)).status(204);
  expect_gone(c.send(client::abort_multipart_upload(upload)));
  c.send(client::list_parts(upload)).error(404, "NoSuchUpload");
}

void abort_completed(CheckContext& c) {
  const auto upload = c.create();
  c.complete(upload, {c.part(upload, 1, "data")});
  expect_gone(c.send(client::abort_multipart_upload(upload)));
  c.send(c.get()).status(200).body("data");
}

void copy_after_abort(CheckContext& c) {
  c.put("source", "data");
  const auto upload = c.create();
  c.send(client::abort_multipart_upload(upload)).status(204);
  c.send(client::upload_part_copy(upload, "1", c.bucket(), c.key("source"))).error(404, "NoSuchUpload");
}

/// An answer to a write on condition of an object that was deleted while the write was on its way. If the
/// condition is looked at only when all has come, the object isn't there.
void expect_conflict(Answer& answer) {
  const auto code = answer.text("Code");
  const auto status = answer.answer().status;
  const bool conflict = status == 409 && code == "ConditionalRequestConflict";
  const bool missed = status == 404 && code == "NoSuchKey";
  answer.expect(conflict || missed, "409 ConditionalRequestConflict, or 404 NoSuchKey",
                std::to_string(status) + ' ' + code,
                {"answer among", "", "409 ConditionalRequestConflict\n404 NoSuchKey"});
}

/// Its object is deleted after the head was taken, and before the body came.
Answer send_while_deleting(CheckContext& c, client::S3Request request) {
  request.header("If-Match", c.put("object", "former").header_value("ETag")).header("Expect", "100-continue");
  auto answer = c.send_around(c.client().prepare(request), c.key(),
                              [&] { c.send(deleting(c)).status(204).required(); });
  expect_conflict(answer);
  c.send(c.get()).error(404, "NoSuchKey");
  return answer;
}

void delete_during_conditional_put(CheckContext& c) {
  send_while_deleting(c, putting(c, "object", "data"));
}

/// The same of a put without conditions, which minds nothing.
void delete_during_put(CheckContext& c) {
  auto request = putting(c, "object", "data");
  request.header("Expect", "100-continue");
  c.send_around(c.client().prepare(request), c.key(), [&] {
     c.send(deleting(c)).status(204).required();
   }).status(200);
  c.send(c.get()).status(200).body("data");
}

/// After a conflict the upload is over, too.
void delete_during_conditional_completion(CheckContext& c) {
  const auto upload = c.create();
  auto answer =
      send_while_deleting(c, complete_multipart_upload(upload, std::vector{c.part(upload, 1, "data")}));
  if (answer.answer().status == 409) {
    c.send(client::list_parts(upload)).error(404, "NoSuchUpload");
  } else {
    c.send(client::abort_multipart_upload(upload)).status(204);
  }
}

}  // namespace

void add_race(std::vector<Check>& checks) {
  const std::string consistency = "user guide: What is Amazon S3?, Amazon S3 data consistency model";
  const std::string writes = "user guide: How to prevent object overwrites with conditional writes";
  const std::string abort_api = "S3 API: AbortMultipartUpload";
  add_all(
      checks,
      {
          in_rounds(
              must("multipart.race.parts-in-parallel", "Parts may come at the same time",
                   "user guide: Uploading and copying objects using multipart upload, Concurrent multipart "
                   "upload operations",
                   {10, 48}, parts_in_parallel)),
          in_rounds(must("multipart.race.same-part",
                         "Of two parts of one number at the same time one is kept, whole",
                         "S3 API: UploadPart (\"overwritten\"); " + consistency, {6, 5000}, same_part)),
          in_rounds(should("multipart.race.complete-twice",
                           "Completing twice at the same time makes one object",
                           "S3 API: CompleteMultipartUpload; " + consistency, {5, 8}, complete_twice)),
          in_rounds(
              must("multipart.race.complete-and-abort",
                   "Of Complete and Abort at the same time one comes first, and nothing is left in between",
                   abort_api + "; " + consistency, {6, 8}, complete_and_abort)),
          in_rounds(must("multipart.race.part-and-abort",
                         "A part in flight while its upload is aborted doesn't bring it back", abort_api,
                         {4, 300'000}, part_and_abort),
                    3),
          in_rounds(must("multipart.race.first-complete-wins",
                         "Of completions with If-None-Match at the same time one succeeds", writes, {9, 11},
                         first_complete_wins)),
          in_rounds(must("object.race.first-put-wins",
                         "Of puts with If-None-Match at the same time one succeeds", writes, {5, 20},
                         first_put_wins)),
          in_rounds(must("object.race.whole-or-not-at-all",
                         "Whoever reads while an object is replaced sees the old one or the new, whole",
                         consistency, {6, 600'000}, whole_or_not_at_all),
                    2),
          must("multipart.abort.part-after",
               "A part for an aborted upload is NoSuchUpload, and brings nothing back", abort_api, {5, 8},
               part_after_abort),
          should("multipart.abort.twice", "Aborting again is NoSuchUpload or 204, and brings nothing back",
                 "reported: minio#2250, go-storage#963; " + abort_api + " (NoSuchUpload)", {4}, abort_twice),
          should("multipart.abort.completed",
                 "Aborting a completed upload is NoSuchUpload or 204, and its object stays",
                 "reported: minio#2250, go-storage#963; " + abort_api + " (NoSuchUpload)", {5, 8},
                 abort_completed),
          must("multipart.abort.copy-after", "A copy into an aborted upload is NoSuchUpload",
               "S3 API: UploadPartCopy (NoSuchUpload)", {4, 4}, copy_after_abort),
          should("object.race.delete-during-conditional-put",
                 "A delete while a conditional put is on its way is ConditionalRequestConflict",
                 writes + " (409 Conflict); S3 API: PutObject (If-Match)", {4, 10},
                 delete_during_conditional_put),
          must("object.race.delete-during-put", "A put without conditions doesn't mind a delete meanwhile",
               consistency, {3, 8}, delete_during_put),
          should("multipart.race.delete-during-conditional-complete",
                 "So it is for a completion, whose upload has to be begun anew",
                 writes + " (409 Conflict); S3 API: CompleteMultipartUpload (If-Match)", {7, 10},
                 delete_during_conditional_completion),
      });
}

}  // namespace partsmith::conformance::checks
