"""A few posts of three people, for a blog that is still empty."""
import secrets

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Comment, Post, User

POSTS = [
    ("Mira", "A meadow before the mowing", """In the last week before the mowing the meadow is louder than the road. Between eight and nine in the morning I counted \
eleven kinds of grass, four of clover, and one very patient crab spider on an ox-eye daisy.

Mowing late is not neglect. Everything that wanted to seed has seeded, and whoever lives below the knee has had the time to move.""",
     [("Jonas", "The crab spider was still there on Sunday."), ("Ade", "Which clover was the fourth?")]),
    ("Jonas", "How to draw a map of one square metre", """Take four sticks and a string. Sit down. For the first ten minutes you see grass; after half an hour there are roads.

I draw with three pencils only: one for what stands, one for what moves, one for what I am not sure of. The third is the shortest by now.""", []),
    ("Ade", "Rain gauge, year two", """Two years of a jam jar with a ruler glued to it: 612 mm and 548 mm. The neighbour's expensive station says 619 and 551, \
so the jar is honest to about one per cent.

What the numbers do not show is when it fell. Of the second year's rain a third came in two afternoons.""", [("Mira", "Please never replace the jar.")]),
    ("Mira", "Notes on waiting", """A hide is a chair with walls. You do not watch birds in it, you wait, and from time to time a bird interrupts.

Today nothing interrupted for three hours. It was a good morning.""", [("Ade", "The best ones are like that.")]),
]


def write(engine: Engine) -> None:
    with Session(engine) as db:
        if db.scalar(select(Post.id).limit(1)):
            print("The blog has posts already.")
            return
        people = {}
        for name in "Mira", "Jonas", "Ade":
            people[name] = User(name=name)
            # Nobody knows these passwords: the three only write.
            people[name].set_password(secrets.token_hex())
        for author, title, body, comments in POSTS:
            post = Post(title=title, body=body, author=people[author])
            post.comments = [Comment(text=text, author=people[name]) for name, text in comments]
            db.add(post)
        db.commit()
        print(f"{len(POSTS)} posts are written.")
