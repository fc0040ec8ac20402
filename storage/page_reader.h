#pragma once
/// Reads the rows of a page. Their attributes are mostly those of the row before, and then are not parsed
/// again: that takes longer than all the rest of a row.

#include <optional>
#include <string>
#include <string_view>

#include "rows.h"

namespace partsmith::storage {

class PageReader {
 public:
  // Columns and failures as of read_object() and read_upload().
  std::optional<ObjectRow> object(sqlite::Session& db, const sqlite::Rows& rows, const BucketRow& bucket);
  std::optional<UploadRow> upload(sqlite::Session& db, const sqlite::Rows& rows, const BucketName& bucket);

 private:
  /// Nothing when the text is none of the store's making.
  const std::optional<ObjectAttributes>& attributes(std::string_view json);

  std::string json_;
  std::optional<ObjectAttributes> parsed_;
};

}  // namespace partsmith::storage
