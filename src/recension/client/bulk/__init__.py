"""Moving many files to and from a server: hashed, packed and compared here, so that only changes travel."""
