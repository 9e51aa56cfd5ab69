using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MimeKit;

namespace IntegrationConsole.Alerts.Channels;

/// <summary>What a channel must be like.</summary>
public static class ChannelRules
{
    public const int ShortestKey = 16;
    private const int MostRecipients = 20;

    /// <param name="draft">What was typed.</param>
    /// <param name="isNew">Its secrets have to be entered; otherwise an empty one stays as it is.</param>
    /// <returns>A sentence for each wrong field, under the field's name; empty when all is well.</returns>
    public static IReadOnlyDictionary<string, string> Check(ChannelDraft draft, bool isNew)
    {
        var problems = new Dictionary<string, string>();
        if (draft.Name.Trim().Length is 0 or > 100 || draft.Name.Any(char.IsControl))
        {
            problems["name"] = "Give the channel a name of at most 100 characters.";
        }

        if (draft.AfterMinutes is < 0 or > 1440)
        {
            problems["after"] = "Between 0 minutes, which is at once, and a day.";
        }

        if (draft.Setting(ChannelSettings.DigestHour) is { Length: > 0 } hour && !(int.TryParse(hour, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 23))
        {
            problems[ChannelSettings.DigestHour] = "An hour of the day, from 0 to 23.";
        }

        switch (draft.Kind)
        {
            case ChannelKind.Email:
                CheckMail(draft, problems);
                break;
            case ChannelKind.Webhook:
                CheckAddress(draft.Setting(ChannelSettings.Address), problems);
                CheckKey(draft.Secret(ChannelSettings.Key), isNew, problems);
                break;
            case ChannelKind.Slack or ChannelKind.Teams when isNew || draft.Secret(ChannelSettings.Address).Length > 0:
                CheckAddress(draft.Secret(ChannelSettings.Address), problems);
                break;
        }

        return problems;
    }

    /// <summary>The addresses in a list of recipients; null where one of them is none.</summary>
    public static IReadOnlyList<MailboxAddress>? Recipients(string text)
    {
        var found = new List<MailboxAddress>();
        foreach (var part in text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!MailboxAddress.TryParse(part, out var mailbox) || !mailbox.Address.Contains('@', StringComparison.Ordinal))
            {
                return null;
            }

            found.Add(mailbox);
        }

        return found;
    }

    private static void CheckMail(ChannelDraft draft, Dictionary<string, string> problems)
    {
        if (Uri.CheckHostName(draft.Setting(ChannelSettings.Host)) is UriHostNameType.Unknown)
        {
            problems[ChannelSettings.Host] = "Name the mail server, such as smtp.example.com.";
        }

        if (!int.TryParse(draft.Setting(ChannelSettings.Port), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535)
        {
            problems[ChannelSettings.Port] = "A number between 1 and 65535; 587 is usual.";
        }

        if (Recipients(draft.Setting(ChannelSettings.From)) is not [_])
        {
            problems[ChannelSettings.From] = "One address, such as console@example.com.";
        }

        if (Recipients(draft.Setting(ChannelSettings.To)) is not { Count: > 0 and <= MostRecipients })
        {
            problems[ChannelSettings.To] = $"One to {MostRecipients} addresses with commas between them.";
        }

        if (draft.Setting(ChannelSettings.Certificate) is { Length: > 0 } text && !IsCertificate(text))
        {
            problems[ChannelSettings.Certificate] = "This is not a certificate in PEM form.";
        }
    }

    private static bool IsCertificate(string text)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(text);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static void CheckAddress(string text, Dictionary<string, string> problems)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.UserInfo.Length > 0)
        {
            problems[ChannelSettings.Address] = "A whole address, such as https://hooks.example.com/alerts.";
        }
    }

    private static void CheckKey(string key, bool isNew, Dictionary<string, string> problems)
    {
        if ((isNew || key.Length > 0) && key.Length < ShortestKey)
        {
            problems[ChannelSettings.Key] = $"At least {ShortestKey} characters: with it the receiver checks that a message is ours.";
        }
    }
}
