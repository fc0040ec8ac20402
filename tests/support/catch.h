#pragma once
/// Catch2 2.13 and 3.x name their headers differently; this is the one place that knows.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
