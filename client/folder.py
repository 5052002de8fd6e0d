"""Where the folder's program begins."""

import sys

from securecall_client.cli import main

sys.exit(main())
