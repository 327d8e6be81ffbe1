from django.db import models
from mptt.models import MPTTModel, TreeForeignKey


class Post(models.Model):
    title = models.CharField(max_length=300)
    slug = models.SlugField(unique=True)
    body = models.TextField()

    def __str__(self):
        return self.title


class Comment(MPTTModel):
    post = models.ForeignKey(Post, models.CASCADE, related_name="comments")
    parent = TreeForeignKey("self", models.CASCADE, null=True, related_name="replies")
    name = models.CharField(max_length=80)
    body = models.TextField()
    is_public = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    def __str__(self):
        return self.name
