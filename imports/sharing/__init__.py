"""What is shown to others, and how little of it they may see."""
