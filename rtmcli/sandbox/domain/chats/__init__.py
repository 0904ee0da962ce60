"""What happens in chats: threads, events, users, transfers and the queue."""
