"""What anybody may do at the public site."""

from openiop.kernel.acts import read

ACTS = [
    read(
        "website.look",
        (),
        "look at the public site",
        public=True,
        everywhere=True,
        entails=["schedule.read"],
    ),
]
