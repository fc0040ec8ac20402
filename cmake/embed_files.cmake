# Writes OUTPUT, a C++ source with the text of FILES (separated by |) of FOLDER. PartsmithEmbed.cmake calls it.
cmake_minimum_required(VERSION 3.25)
string(REPLACE "|" ";" FILES "${FILES}")

set(rows "")
foreach(name IN LISTS FILES)
  file(READ "${FOLDER}/${name}" text)
  if(text MATCHES "[)]embedded\"")
    message(FATAL_ERROR "${name} holds the mark that would end it")
  endif()
  # A literal of a whole file would be longer than compilers promise to take.
  string(LENGTH "${text}" length)
  set(pieces "")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND pieces " R\"embedded(${piece})embedded\"")
    math(EXPR at "${at} + 8000")
  endwhile()
  string(APPEND rows "    {\"${name}\",${pieces}},\n")
endforeach()

file(WRITE "${OUTPUT}" "#include \"embedded.h\"

namespace partsmith::conformance {
namespace {

constexpr EmbeddedFile files[] = {
${rows}};

}  // namespace

std::span<const EmbeddedFile> embedded_files() {
  return files;
}

}  // namespace partsmith::conformance
")
