"""What makes rule files trusted: trying them on past calls, seeing what a change does before it
counts, publishing it with two names, finding what the phrases miss, and Excel both ways."""
