"""What an operator writes in `settings.yaml`: a module for each section, and how a fault in one is said."""
