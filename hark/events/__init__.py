"""The log: doors record raw requests, the loader makes events of them, the tracking plan learns their shape."""
