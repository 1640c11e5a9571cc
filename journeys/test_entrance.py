"""Coming in and going out."""


def test_a_counselor_signs_in_and_out(desktop, sign_in_by_form, accessible):
    desktop.goto("/desk/queues/")
    accessible(desktop)
    sign_in_by_form(desktop, "alice")
    desktop.goto("/desk/queues/")
    assert desktop.get_by_role("heading", level=1).inner_text() == "Queues"
    desktop.locator("summary", has_text="Account of").click()
    desktop.get_by_role("button", name="Sign out").click()
    desktop.goto("/desk/queues/")
    desktop.wait_for_url("**/accounts/login/?next=/desk/queues/")


def test_a_wrong_password_keeps_the_address_and_says_what_to_do(phone, accessible, network):
    phone.goto("/accounts/login/")
    phone.get_by_label("Email").fill("alice@example.org")
    phone.get_by_label("Password").fill("wrong")
    phone.get_by_role("button", name="Sign in").first.click()
    assert phone.get_by_label("Email").input_value() == "alice@example.org"
    accessible(phone)
