"""`python -m partsmith …` is `partsmith …`."""

import os
import sys

from ._program import program

if __name__ == "__main__":
    path = program()
    os.execv(path, [str(path), *sys.argv[1:]])
