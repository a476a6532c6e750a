"""From a resident's post to the one public answer: all services, fake networks."""
