"""Mirror of services/triage/."""
