"""What a lesson shows, ready made: each function of these modules is one view."""
