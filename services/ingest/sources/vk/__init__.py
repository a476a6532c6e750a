"""VKontakte: walls, comments, searches and what VK pushes."""
