"""The online half: the identify service, the web app and the operations dashboard."""
