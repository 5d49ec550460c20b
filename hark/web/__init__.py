"""What every screen stands on: sessions, rights, pages, live updates."""
