from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone

from bench.naive.models import Comment, Post


def show(request, slug):
    post = get_object_or_404(Post, slug=slug)
    comments = post.comments.filter(is_public=True)
    return render(request, "naive/post.html", {"post": post, "comments": comments})


def reply(request, pk):
    parent = get_object_or_404(Comment, pk=pk)
    if request.method != "POST":
        return HttpResponse("the form")
    Comment.objects.create(
        post=parent.post,
        parent=parent,
        name=request.POST["name"],
        body=request.POST["text"],
        created_at=timezone.now(),
    )
    return redirect("post", parent.post.slug)


urlpatterns = [
    path("posts/<slug:slug>/", show, name="post"),
    path("reply/<int:pk>/", reply, name="reply"),
]
