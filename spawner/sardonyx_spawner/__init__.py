"""From a form to a server: profiles, choices, plans, and the engines that carry a plan out."""
