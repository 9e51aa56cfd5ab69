using System.Globalization;
using IntegrationConsole.Webhooks;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Tests.Webhooks;

public sealed class Proving_where_a_delivery_comes_from
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);
    private static readonly byte[] Body = """{"test": 2432232314}"""u8.ToArray();

    [Fact]
    public void The_example_of_Standard_Webhooks_is_proved()
    {
        var settings = new WebhookSettings();
        var headers = new Dictionary<string, string>
        {
            ["webhook-id"] = "msg_p5jXN8AQM9LWM0D4loKWxJek", ["webhook-timestamp"] = "1614265330", ["webhook-signature"] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        };

        Assert.Null(Check(settings, headers, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    }

    [Fact]
    public void The_example_of_GitHub_is_proved()
    {
        var settings = new WebhookSettings { Scheme = WebhookScheme.GitHub };
        var headers = new Dictionary<string, string> { ["X-Hub-Signature-256"] = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" };

        Assert.Null(Verifier.Check(settings, Keys(settings, "It's a Secret to Everybody"), new ReceivedHeaders(headers), "Hello, World!"u8.ToArray(), Now));
    }

    public static TheoryData<WebhookSettings> Schemes => new(
        new WebhookSettings(), new WebhookSettings { Scheme = WebhookScheme.GitHub }, new WebhookSettings { Scheme = WebhookScheme.Stripe },
        new WebhookSettings { Scheme = WebhookScheme.Hmac, Header = "X-Sign", Algorithm = SignatureAlgorithm.Sha512, Encoding = SignatureEncoding.Base64, Prefix = "v0=" },
        new WebhookSettings { Scheme = WebhookScheme.SharedSecret, Header = "X-Token", Prefix = "Token " });

    [Theory]
    [MemberData(nameof(Schemes))]
    public void What_is_signed_with_the_secret_is_proved_and_nothing_else_is(WebhookSettings settings)
    {
        var headers = Signed(settings, "the right secret");

        Assert.Null(Check(settings, headers, "the right secret"));
        Assert.Equal(Refusal.WrongSignature, Check(settings, headers, "another secret"));
        Assert.Equal(Refusal.Unsigned, Check(settings, [], "the right secret"));
        Assert.Equal(Refusal.NoSecret, Verifier.Check(settings, [], new ReceivedHeaders(headers), Body, Now));
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void While_a_secret_is_changed_both_are_good(WebhookSettings settings)
    {
        Assert.Null(Check(settings, Signed(settings, "the old secret"), "the new secret", "the old secret"));
        Assert.Null(Check(settings, Signed(settings, "the new secret"), "the new secret", "the old secret"));
        Assert.Equal(Refusal.WrongSignature, Check(settings, Signed(settings, "a third secret"), "the new secret", "the old secret"));
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void A_body_that_was_changed_on_its_way_is_refused_where_it_is_signed(WebhookSettings settings)
    {
        var headers = Signed(settings, "the right secret");

        var refusal = Verifier.Check(settings, Keys(settings, "the right secret"), new ReceivedHeaders(headers), """{"test": 9}"""u8.ToArray(), Now);

        Assert.Equal(settings.Scheme is WebhookScheme.SharedSecret ? null : Refusal.WrongSignature, refusal);
    }

    [Theory]
    [InlineData(WebhookScheme.Standard, 301)]
    [InlineData(WebhookScheme.Standard, -301)]
    [InlineData(WebhookScheme.Stripe, 301)]
    public void An_old_delivery_is_too_old_and_one_within_the_window_is_not(WebhookScheme scheme, int seconds)
    {
        var settings = new WebhookSettings { Scheme = scheme };
        var headers = Signed(settings, "the right secret");
        var keys = Keys(settings, "the right secret");

        Assert.Equal(Refusal.Stale, Verifier.Check(settings, keys, new ReceivedHeaders(headers), Body, Now.AddSeconds(seconds)));
        Assert.Null(Verifier.Check(settings, keys, new ReceivedHeaders(headers), Body, Now.AddSeconds(seconds - Math.Sign(seconds))));
    }

    [Fact]
    public void A_time_that_was_moved_is_a_wrong_signature()
    {
        var settings = new WebhookSettings();
        var headers = Signed(settings, "the right secret");
        headers["webhook-timestamp"] = (Now.ToUnixTimeSeconds() + 60).ToString(CultureInfo.InvariantCulture);

        Assert.Equal(Refusal.WrongSignature, Check(settings, headers, "the right secret"));
    }

    [Fact]
    public void A_sender_that_signs_with_two_secrets_is_known_by_either()
    {
        var settings = new WebhookSettings();
        var (one, other) = (Signed(settings, "secret one"), Signed(settings, "secret two"));
        one["webhook-signature"] = $"v1a,whatever {one["webhook-signature"]} {other["webhook-signature"]}";

        Assert.Null(Check(settings, one, "secret two"));
    }

    [Theory]
    [InlineData("webhook-signature", "v1,")]
    [InlineData("webhook-signature", "v1,no base64!")]
    [InlineData("webhook-timestamp", "99999999999999999999")]
    [InlineData("webhook-timestamp", "-5")]
    [InlineData("webhook-id", "")]
    public void What_is_no_signature_is_none(string header, string value)
    {
        var settings = new WebhookSettings();
        var headers = Signed(settings, "the right secret");
        headers[header] = value;

        Assert.Equal(Refusal.Unsigned, Check(settings, headers, "the right secret"));
    }

    private static Dictionary<string, string> Signed(WebhookSettings settings, string secret) =>
        Verifier.Sign(settings, SigningKey.Of(settings.Scheme, secret), "msg_1", Body, Now).ToDictionary(header => header.Name, header => header.Value);

    private static Refusal? Check(WebhookSettings settings, Dictionary<string, string> headers, params string[] secrets) =>
        Verifier.Check(settings, Keys(settings, secrets), new ReceivedHeaders(headers), Body, Now);

    private static List<byte[]> Keys(WebhookSettings settings, params string[] secrets) => [.. secrets.Select(secret => SigningKey.Of(settings.Scheme, secret))];
}
