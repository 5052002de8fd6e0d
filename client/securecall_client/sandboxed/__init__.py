"""What takes files apart that others made. It runs in the sandbox alone (`python -m securecall_client.sandboxed`)."""
