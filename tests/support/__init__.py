"""What tests share: databases, the clock, the browser without JavaScript, and people to act as."""
