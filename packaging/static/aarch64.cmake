# Toolchain for the program of 64-bit ARM, by Debian's cross compiler and the packages that fetch_root put into PARTSMITH_ROOT.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc-12)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++-12)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-aarch64-static;-L;/usr/aarch64-linux-gnu;-E;LD_LIBRARY_PATH=${PARTSMITH_ROOT}/usr/lib/aarch64-linux-gnu")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PARTSMITH_ROOT)

set(CMAKE_FIND_ROOT_PATH "${PARTSMITH_ROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind IN ITEMS LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
set(ENV{PKG_CONFIG_LIBDIR} "${PARTSMITH_ROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${PARTSMITH_ROOT}/usr/share/pkgconfig")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${PARTSMITH_ROOT}")

# The headers of the C and C++ libraries are the compiler's; what is linked without libraries has their archives of `runtime`.
foreach(language IN ITEMS C CXX)
  set(CMAKE_${language}_FLAGS_INIT "-isystem ${PARTSMITH_ROOT}/usr/include -isystem ${PARTSMITH_ROOT}/usr/include/aarch64-linux-gnu")
endforeach()
set(libraries "${PARTSMITH_ROOT}/usr/lib/aarch64-linux-gnu")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-L${libraries} -Wl,-rpath-link,${libraries}")
# Of the link of partsmith_alone.
set(runtime "${PARTSMITH_ROOT}/runtime/usr/lib")
set(PARTSMITH_ALONE_RUNTIME "-B${runtime}/aarch64-linux-gnu" "-L${runtime}/gcc/aarch64-linux-gnu/12" "-L${runtime}/aarch64-linux-gnu")
