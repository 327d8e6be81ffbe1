"""Pictures: what is taken, what readers get, and what is out of their reach."""

import struct
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageCms

from blog import picture_files, raster
from blog.models import Autosave, Picture
from blog.picture_sizes import Size, widths_of
from blog.pictures import receive_picture
from blog.raster import NotAPicture
from blog.unused_pictures import sweep_pictures
from tests.factories import make_post, make_user
from tests.pictures import picture

pytestmark = pytest.mark.django_db


def upload(content, name="photo.jpg", by=None):
    made, _ = receive_picture(file=SimpleUploadedFile(name, content), by=by or make_user())
    return made


def made_of(one, width):
    return Image.open(BytesIO(picture_files.made(one.key, width).read_bytes()))


def bomb(width, height):
    """A PNG of a few bytes that claims to be so large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize(
    ("width", "widths"),
    [(1, [1]), (480, [480]), (481, [480, 481]), (1600, [480, 960, 1600]), (9000, [480, 960, 1600])],
)
def test_no_size_is_wider_than_the_original(width, widths):
    assert widths_of(Size(width, 10)) == widths


def test_three_widths_are_made_in_a_job(run_jobs):
    one = upload(picture(size=(2000, 1000)))
    assert not picture_files.made(one.key, 960).exists()
    run_jobs()
    for width, height in [(480, 240), (960, 480), (1600, 800)]:
        size = made_of(one, width)
        assert (size.format, size.size) == ("WEBP", (width, height))
    one.refresh_from_db()
    assert one.made_at


def test_a_job_that_runs_twice_does_no_harm(run_jobs):
    one = upload(picture())
    run_jobs()
    first = picture_files.made(one.key, 64).read_bytes()
    raster_job_again(one)
    assert picture_files.made(one.key, 64).read_bytes() == first


def raster_job_again(one):
    from blog.jobs import make_sizes

    Picture.objects.filter(pk=one.pk).update(made_at=None)
    make_sizes(picture_id=one.pk)


def test_what_a_camera_wrote_beside_the_pixels_is_gone(run_jobs):
    exif = Image.Exif()
    exif[0x010F] = "CANARY-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = picture(exif=exif, icc_profile=profile, comment=b"CANARY-COMMENT")
    assert b"CANARY-CAMERA" in content
    assert b"CANARY-COMMENT" in content
    one = upload(content)
    run_jobs()
    made = picture_files.made(one.key, 64).read_bytes()
    assert b"CANARY" not in made
    opened = Image.open(BytesIO(made))
    assert not opened.getexif()
    assert {"exif", "icc_profile", "xmp", "comment"} & opened.info.keys() == set()


def test_a_picture_held_sideways_stands_upright(run_jobs):
    exif = Image.Exif()
    exif[0x0112] = 6
    left_red = Image.new("RGB", (80, 40), "blue")
    left_red.paste("red", (0, 0, 40, 40))
    content = BytesIO()
    left_red.save(content, "JPEG", exif=exif, quality=95)
    one = upload(content.getvalue())
    assert one.size == (40, 80)
    run_jobs()
    upright = made_of(one, 40).convert("RGB")
    assert upright.size == (40, 80)
    assert upright.getpixel((20, 10))[0] > 150  # its left edge is on top now
    assert upright.getpixel((20, 70))[2] > 150


@pytest.mark.parametrize(
    ("format", "mode", "options"),
    [
        ("JPEG", "L", {}),
        ("JPEG", "CMYK", {}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {"transparency": 3}),
        ("PNG", "1", {}),
        ("GIF", "P", {}),
        ("WEBP", "RGB", {}),
    ],
)
def test_every_format_and_kind_of_colour_is_made(run_jobs, format, mode, options):
    ending = {"JPEG": "jpg"}.get(format, format.lower())
    one = upload(picture(format, mode=mode, **options), f"x.{ending}")
    run_jobs()
    one.refresh_from_db()
    assert (one.trouble, made_of(one, 64).size) == ("", (64, 48))


def test_sixteen_bits_of_grey_stay_grey(run_jobs):
    content = BytesIO()
    Image.new("I;16", (64, 48), 32768).save(content, "PNG")
    one = upload(content.getvalue(), "grey.png")
    run_jobs()
    grey = made_of(one, 64).convert("RGB").getpixel((30, 20))
    assert all(120 <= value <= 136 for value in grey)


def test_of_a_picture_that_moves_the_first_frame_is_shown(run_jobs):
    content = BytesIO()
    Image.new("RGB", (64, 48), "red").save(
        content, "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48), "blue")]
    )
    file = SimpleUploadedFile("moves.gif", content.getvalue())
    one, moves = receive_picture(file=file, by=make_user())
    assert moves
    run_jobs()
    red, _, blue = made_of(one, 64).convert("RGB").getpixel((30, 20))
    assert red > 200 > blue


REFUSED = {
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.svg", "not a JPEG, PNG, WebP or GIF"),
    "html called jpg": (b"<html><script>1</script>", "x.jpg", "not a JPEG, PNG, WebP or GIF"),
    "empty": (b"", "x.png", "not a JPEG, PNG, WebP or GIF"),
    "tiff": (picture("TIFF"), "x.tiff", "not a JPEG, PNG, WebP or GIF"),
    "png called jpg": (picture("PNG"), "x.jpg", "by its name it is something else than the PNG"),
    "untold megapixels": (bomb(60_000, 60_000), "x.png", "has far too many megapixels, and 40 are"),
    "too tall": (bomb(900, 16_384), "x.png", "stand 16384 pixels tall, and 16383 are the most"),
    "41 megapixels": (bomb(8200, 5000), "x.png", "41 megapixels, and 40 are the most"),
    "a bomb": (bomb(60_000, 60_000), "x.png", "40 are the most"),
}


@pytest.mark.parametrize(("content", "name", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_of_ours_is_refused_in_one_sentence(media, content, name, said):
    with pytest.raises(NotAPicture, match=said) as refused:
        upload(content, name)
    assert str(refused.value).startswith(f"{name} was not taken: ")
    assert not Picture.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


SCRIPT = b"<script>alert(1)</script>PK\x03\x04"
BEHIND_A_COMMENT = b"GIF89a/*" + picture("GIF")[8:] + b"*/=1;" + SCRIPT


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (picture("JPEG") + SCRIPT, "x.jpg"),
        (picture("PNG") + SCRIPT, "x.png"),
        (picture("JPEG", comment=SCRIPT), "x.jpg"),
        (picture("GIF", comment=SCRIPT), "x.gif"),
        (BEHIND_A_COMMENT, "x.gif"),
    ],
    ids=["jpeg and page", "png and page", "jpeg comment", "gif comment", "gif and script"],
)
def test_of_a_file_that_is_two_things_the_picture_alone_is_served(client, run_jobs, content, name):
    try:
        one = upload(content, name)
    except NotAPicture:
        assert content is BEHIND_A_COMMENT  # whose measures are characters, and too large
        return
    run_jobs()
    one.refresh_from_db()
    widths = widths_of(one.size) if one.made_at else []
    assert widths or one.trouble
    for width in widths:
        answer = client.get(f"{one.get_absolute_url()}{width}.webp")
        served = b"".join(answer.streaming_content)
        assert answer["Content-Type"] == "image/webp"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"script" not in served
        assert b"PK" not in served


def test_the_tallest_that_is_taken_is_made(run_jobs):
    one = upload(picture("PNG", (2, 16_383)), "x.png")
    run_jobs()
    assert made_of(one, 2).size == (2, 16_383)
    assert raster.measure(BytesIO(bomb(1_920, 19_000))).size == (1_920, 19_000)


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.jpe", "a.jfif"])
def test_a_photo_is_taken_under_each_of_its_endings(media, name):
    assert upload(picture(), name).name == name


def test_a_bomb_is_refused_before_anything_is_decoded(monkeypatch):
    def decode(*args):
        raise AssertionError("decoded")

    monkeypatch.setattr(Image.Image, "load", decode)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decode)
    with pytest.raises(NotAPicture):
        raster.measure(BytesIO(bomb(8200, 5000)))


def test_a_file_over_the_limit_is_refused_with_both_numbers(settings):
    settings.PICTURE_MAX_MB = 1
    content = picture("PNG") + b"\0" * 1024 * 1024
    with pytest.raises(NotAPicture, match=r"1\.0 MB, and 1 are the most"):
        upload(content, "x.png")


def test_a_file_that_ends_in_the_middle_is_marked_not_tried_for_ever(client, run_jobs):
    whole = picture(size=(640, 480), quality=95)
    one = upload(whole[: len(whole) // 2])
    run_jobs()
    one.refresh_from_db()
    assert "damaged" in one.trouble
    assert "be read" in client.get(f"/pictures/{one.key}/640.webp").content.decode()


def test_until_it_is_made_a_sheet_of_its_measure_stands_there(client, run_jobs):
    one = upload(picture(size=(1000, 500)))
    answer = client.get(f"/pictures/{one.key}/480.webp")
    assert answer["Content-Type"] == "image/svg+xml"
    assert 'width="480" height="240"' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    run_jobs()
    answer = client.get(f"/pictures/{one.key}/480.webp")
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Image.open(BytesIO(b"".join(answer.streaming_content))).size == (480, 240)
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_made_picture_costs_no_query(client, run_jobs, django_assert_num_queries):
    one = upload(picture())
    run_jobs()
    with django_assert_num_queries(0):
        answer = client.get(f"/pictures/{one.key}/64.webp")
    assert answer.status_code == 200
    answer.close()


def test_the_name_of_a_picture_leads_to_its_largest_size(client):
    one = upload(picture(size=(700, 400)))
    assert client.get(f"/pictures/{one.key}/")["Location"] == f"/pictures/{one.key}/700.webp"


def test_no_address_leads_to_an_original(client, run_jobs, media):
    one = upload(picture(size=(2000, 1000)))
    run_jobs()
    for rest in ("", "2000.webp", "original", "../originals/x", "0480.webp", "480.webp.part"):
        answer = client.get(f"/pictures/{one.key}/{rest}", follow=True)
        content = answer.getvalue() if answer.status_code == 200 else b""
        assert content != (media / "originals" / one.key).read_bytes()
        assert answer.status_code == (200 if not rest else 404), rest
    assert (media / "originals" / one.key).stat().st_mode & 0o077 == 0
    assert (media / "originals").stat().st_mode & 0o077 == 0
    assert picture_files.made(one.key, 480).stat().st_mode & 0o777 == 0o644


def test_pictures_that_nothing_names_are_deleted_after_a_while(run_jobs, media):
    names = ("used", "restorable", "typed", "unused", "new")
    kept = {name: upload(picture(), f"{name}.jpg") for name in names}
    run_jobs()
    long_ago = timezone.now() - timedelta(days=31)
    Picture.objects.exclude(name="new.jpg").update(uploaded_at=long_ago)
    make_post(body=f"![x]({kept['used'].get_absolute_url()}480.webp)")
    changed = make_post(body=kept["restorable"].markdown)
    changed.body = "Without."
    changed.save()
    Autosave.objects.create(user=make_user(), slot="a", body=kept["typed"].markdown)
    assert sweep_pictures() == 1
    assert set(Picture.objects.values_list("name", flat=True)) == {
        f"{name}.jpg" for name in names if name != "unused"
    }


def test_files_go_with_a_deleted_picture(run_jobs, django_capture_on_commit_callbacks):
    one = upload(picture())
    run_jobs()
    Picture.objects.update(uploaded_at=timezone.now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        sweep_pictures()
    assert not picture_files.original(one.key).exists()
    assert not picture_files.folder(one.key).exists()


def test_a_post_shows_a_picture_in_its_sizes_and_the_first_at_once(client):
    one = upload(picture(size=(2000, 1000)))
    name = one.get_absolute_url()
    post = make_post(body=f'![A wall]({name} "A *red* wall")\n\n![Again]({name})')
    html = client.get(post.get_absolute_url()).content.decode()
    assert f"{name}480.webp 480w, {name}960.webp 960w, {name}1600.webp 1600w" in html
    assert 'width="1600" height="800"' in html
    assert "<figcaption>A <em>red</em> wall</figcaption></figure>" in html
    assert html.count('loading="lazy"') == 1
    assert html.index("A wall") < html.index('loading="lazy"')


def test_a_picture_is_said_to_be_used_in_no_draft_of_another_author(client, media):
    one, other = make_user("author"), make_user("author")
    kept = upload(picture(), by=one)
    body = f"![x]({kept.get_absolute_url()})"
    make_post(title="Own draft", author=one, body=body, status="draft")
    make_post(title="Public", author=other, body=body)
    make_post(title="Canary", author=other, body=body, status="draft")
    client.force_login(one)
    page = client.get(f"/admin/blog/picture/{kept.pk}/change/").content.decode()
    assert "Own draft, Public, a text of another author" in page
    assert "Canary" not in page
