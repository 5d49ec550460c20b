"""Fakes, builders and check suites, public: plug-in authors use them too."""
