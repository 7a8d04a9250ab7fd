"""An export as SQLite: the run table of one run, reduced to what the scope covers."""

import shutil
