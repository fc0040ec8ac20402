# What `cmake --install` leaves: the program, and for find_package(partsmith) the files of packaging/cmake, which the package of
# the program alone has as well, and partsmith::emulator (component `emulator`). The emulator's libraries are the machine's.
if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()
if(TARGET partsmith)
  install(TARGETS partsmith)
endif()
include(GNUInstallDirs)
set(package "${CMAKE_INSTALL_LIBDIR}/cmake/partsmith")
set(VERSION "${PROJECT_VERSION}")
configure_file("${PROJECT_SOURCE_DIR}/packaging/cmake/partsmithConfigVersion.cmake"
  "${PROJECT_BINARY_DIR}/partsmithConfigVersion.cmake" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/partsmithConfigVersion.cmake" "${PROJECT_SOURCE_DIR}/packaging/cmake/partsmithConfig.cmake"
  "${PROJECT_SOURCE_DIR}/packaging/cmake/with_server.sh" "${PROJECT_SOURCE_DIR}/cmake/PartsmithLibraries.cmake"
  DESTINATION "${package}" COMPONENT emulator)
install(TARGETS partsmith_values partsmith_protocol partsmith_storage partsmith_http partsmith_server partsmith_emulator
  EXPORT partsmithEmulator COMPONENT emulator)
install(EXPORT partsmithEmulator NAMESPACE partsmith:: FILE partsmithEmulator.cmake DESTINATION "${package}" COMPONENT emulator)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/emulator/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT emulator)
