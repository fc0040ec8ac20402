#pragma once
/// Puts an answer on the wire: its head in the order given, its body in exact length, its faults on the byte.

#include <cstdint>
#include <exception>
#include <string>

#include "http/connection.h"
#include "http/message.h"

namespace partsmith::server {

/// What the request and the connection ask of the answer's form.
struct AnswerForm {
  bool without_body = false;  ///< it answers HEAD
  bool close = false;         ///< the connection ends with it
  bool http_1_0 = false;      ///< the client must be told that it does not, and knows no chunks
};

struct Written {
  std::uint64_t bytes = 0;  ///< that the system took
  bool cut = false;         ///< the answer is not whole, or the connection is to be reset: close it
  std::exception_ptr bug;   ///< why it can't be made, if that is why; another may be sent while `bytes` is 0
};

/// The status line and the fields. Fields that frame the body are the edge's alone: those of the response are
/// left out. Throws std::logic_error for a field that HTTP can't say: whoever chose its bytes would write
/// fields of his own.
std::string answer_head(const Response& response, const AnswerForm& form);

Written write_answer(Connection& connection, const Response& response, const AnswerForm& form,
                     const LeastRate::Terms& terms, MemoryBudget& memory);

}  // namespace partsmith::server
