"""HTTP routes, one file per subject. A route checks leave, calls one room, and shapes the answer."""
