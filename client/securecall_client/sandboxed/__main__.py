"""`python -m securecall_client.sandboxed`: see `child`."""

import sys

from securecall_client.sandboxed.child import main

sys.exit(main())
