using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks.Deliveries;

namespace IntegrationConsole.Webhooks;

/// <summary>What is wrong with an endpoint as it is entered.</summary>
public static class WebhookRules
{
    private const int MostHeaders = 20;

    /// <returns>A sentence for each wrong field, under the field's name.</returns>
    public static IReadOnlyDictionary<string, string> Check(WebhookDraft draft)
    {
        var problems = new Dictionary<string, string>();
        void Need(bool holds, string field, string sentence)
        {
            if (!holds)
            {
                problems.TryAdd(field, sentence);
            }
        }

        var settings = draft.Settings;
        Need(draft.Name.Trim().Length is > 0 and <= 100, nameof(draft.Name), "Give the endpoint a name of at most 100 characters.");
        Need(draft.Slug.Length == 0 || TenantRules.SlugOf(draft.Slug) == draft.Slug, nameof(draft.Slug), "At most 40 lower-case letters, digits and dashes, such as shop-orders.");
        if (settings.Scheme.NamesItsHeader)
        {
            Need(IsHeader(settings.Header), nameof(settings.Header), "Name the header, such as X-Signature: letters, digits, dashes and underscores.");
            Need(!KeptHeaders.IsOurs(settings.Header), nameof(settings.Header), "This header has another meaning on the way: choose another one.");
        }

        Need(settings.Prefix.Length <= 50 && !settings.Prefix.Any(char.IsControl), nameof(settings.Prefix), "At most 50 characters, such as sha256=.");
        Need(settings.ReplayMinutes is >= 1 and <= 24 * 60, nameof(settings.ReplayMinutes), "From 1 to 1,440 minutes.");
        Need(settings.IdHeader.Length == 0 || settings.IdPath.Length == 0, nameof(settings.IdPath), "The id stands in a header or in the body: empty one of the two.");
        Need(settings.IdHeader.Length == 0 || IsHeader(settings.IdHeader), nameof(settings.IdHeader), "Name the header, such as X-Delivery-Id: letters, digits, dashes and underscores.");
        Need(!KeptHeaders.IsSecret(settings.IdHeader, settings), nameof(settings.IdHeader), "This header holds a proof, not an id.");
        Need(FieldPath.TryParse(settings.IdPath, out _), nameof(settings.IdPath), "Write a path such as event.id.");
        Need(FieldPath.TryParse(settings.Records, out _), nameof(settings.Records), "Write a path such as data.items.");
        Need(settings.MostBytes is >= 1024 and <= WebhookSettings.MostBytesOfAll, nameof(settings.MostBytes), "From 1 KB to 20 MB.");
        Need(settings.Headers.Count <= MostHeaders && settings.Headers.All(IsHeader), nameof(settings.Headers), $"At most {MostHeaders} names of headers, such as X-Event-Type.");
        Need(!settings.Headers.Any(header => KeptHeaders.IsSecret(header, settings)), nameof(settings.Headers), "A header with a proof or a secret is never kept.");
        return problems;
    }

    private static bool IsHeader(string name) => name.Length is > 0 and <= 100 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
