"""All of them, by name."""

from . import (bugs_of_blind_spots, bugs_of_buckets, bugs_of_caches, bugs_of_checksums, bugs_of_completion, bugs_of_copies,  # noqa: F401
               bugs_of_encodings, bugs_of_keys, bugs_of_leftovers, bugs_of_listings, bugs_of_locks, bugs_of_other_inputs,
               bugs_of_other_versions, bugs_of_pages, bugs_of_parts, bugs_of_policies, bugs_of_reading, bugs_of_settings,
               bugs_of_siblings, bugs_of_signatures, bugs_of_values, bugs_of_versions)
from .proxy import BUGS as BUGS
