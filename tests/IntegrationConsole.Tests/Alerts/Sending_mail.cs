using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IntegrationConsole.Alerts;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Connectors.Failures;
using OutsideWorld;

namespace IntegrationConsole.Tests.Alerts;

public sealed class Sending_mail
{
    private static readonly AlertMessage Message = new(
        NoticeKind.Alert, "Late: integration Orders", "North", Severity.Urgent, "Last good run 2 h ago.", ["Orders"], "10:42", "Nobody has to act.", [], "https://console.example/t/north/integrations/orders",
        "https://console.example/t/north/alerts?incident=1");

    [Fact]
    public async Task A_mail_arrives_with_everything_in_it()
    {
        await using var server = MailServer.Start();
        await using var post = await MailPost.StartAsync(server);

        var failure = await post.SendAsync(Message);

        Assert.Null(failure);
        var mail = Assert.Single(server.Mails);
        Assert.Equal(("console@north.example", "otto@north.example, vera@north.example"), (mail.From, string.Join(", ", mail.To)));
        Assert.Equal("[North] Late: integration Orders", mail.Header("Subject"));
        Assert.Equal($"<{MailPost.Notice:n}@north.example>", mail.Header("Message-Id"));
        Assert.Equal("auto-generated", mail.Header("Auto-Submitted"));
        Assert.Contains("Why: Last good run 2 h ago.", mail.Text);
        Assert.Contains("Acknowledge: https://console.example/t/north/alerts?incident", mail.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_signs_in_as_new_and_as_old_servers_want_it(bool isOld)
    {
        await using var server = MailServer.Start(user: "console", password: "geheim", isOld: isOld);
        await using var post = await MailPost.StartAsync(server, user: "console", password: "geheim");

        Assert.Null(await post.SendAsync(Message));
        Assert.Equal("console", Assert.Single(server.Mails).User);
    }

    [Theory]
    [InlineData(ChannelSettings.StartTls, false)]
    [InlineData(ChannelSettings.Tls, true)]
    public async Task It_goes_over_TLS_to_a_server_whose_authority_was_named(string security, bool tlsOnly)
    {
        var (authority, certificate) = Issue();
        await using var server = MailServer.Start(certificate, tlsOnly, "console", "geheim");
        await using var post = await MailPost.StartAsync(server, security, "console", "geheim", authority);

        Assert.Null(await post.SendAsync(Message));
        Assert.True(Assert.Single(server.Mails).Encrypted);
    }

    [Theory]
    [InlineData(ChannelSettings.StartTls, false)]
    [InlineData(ChannelSettings.Tls, true)]
    public async Task A_server_that_nobody_vouches_for_gets_neither_mail_nor_password(string security, bool tlsOnly)
    {
        await using var server = MailServer.Start(Issue().Certificate, tlsOnly, "console", "geheim");
        await using var post = await MailPost.StartAsync(server, security, "console", "geheim");

        var failure = await post.SendAsync(Message);

        Assert.Equal(FailureCause.Configuration, failure!.Cause);
        Assert.Contains("its certificate is not trusted", failure.Sentence);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_server_without_STARTTLS_is_not_told_anything_in_the_open()
    {
        await using var server = MailServer.Start(user: "console", password: "geheim");
        await using var post = await MailPost.StartAsync(server, ChannelSettings.StartTls, "console", "geheim");

        var failure = await post.SendAsync(Message);

        Assert.Equal("127.0.0.1 does not offer what this channel asks for: STARTTLS, or signing in with a password.", failure!.Sentence);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_wrong_password_is_said_without_repeating_what_the_server_repeats()
    {
        await using var server = MailServer.Start(user: "console", password: "geheim");
        await using var post = await MailPost.StartAsync(server, user: "console", password: "falsch");

        var failure = await post.SendAsync(Message);

        Assert.Equal((FailureCause.Auth, "127.0.0.1 does not accept the user and password of this channel."), (failure!.Cause, failure.Sentence));
        Assert.DoesNotContain("falsch", failure.ToString());
    }

    [Theory]
    [InlineData("RCPT", "550 nobody here", "127.0.0.1 does not take mail for otto@north.example (550).", false)]
    [InlineData("RCPT", "450 come back later", "127.0.0.1 does not take mail for otto@north.example (450).", true)]
    [InlineData("MAIL", "553 not you", "127.0.0.1 does not take mail from console@north.example (553).", false)]
    [InlineData("DATA", "451 the disk is full", "127.0.0.1 refused the mail (451).", true)]
    public async Task A_refusal_says_what_was_refused_and_whether_trying_again_helps(string command, string answer, string sentence, bool retryable)
    {
        await using var server = MailServer.Start();
        server.Refusals[command] = answer;
        await using var post = await MailPost.StartAsync(server);

        var failure = await post.SendAsync(Message);

        Assert.Equal((sentence, retryable), (failure!.Sentence, failure.IsRetryable));
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up()
    {
        await using var server = MailServer.Start();
        var asked = new TaskCompletionSource();
        server.Before = _ =>
        {
            asked.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        await using var post = await MailPost.StartAsync(server);

        var sending = post.SendAsync(Message);
        await asked.Task;
        post.Clock.Advance(TimeSpan.FromSeconds(31));
        var failure = await sending;

        Assert.Equal((FailureCause.Timeout, "127.0.0.1 did not answer in time."), (failure!.Cause, failure.Sentence));
    }

    [Fact]
    public async Task A_server_inside_the_network_is_not_reached_unless_that_is_allowed()
    {
        await using var server = MailServer.Start();
        await using var post = await MailPost.StartAsync(server, networks: []);

        var failure = await post.SendAsync(Message);

        Assert.Contains("an address inside this network", failure!.Sentence);
        Assert.Equal(0, server.Calls);
    }

    private static (string Authority, X509Certificate2 Certificate) Issue()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=North's own authority", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var (from, to) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(10));
        using var root = rootRequest.CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(root, from, to.AddDays(-1), [1, 2, 3]);
        using var whole = issued.CopyWithPrivateKey(key);
        return (root.ExportCertificatePem(), X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null));
    }
}
