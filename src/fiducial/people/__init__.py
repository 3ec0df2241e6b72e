"""Users, roles, sessions, tokens, signatures, and the audit book as people read it (spec 09)."""
