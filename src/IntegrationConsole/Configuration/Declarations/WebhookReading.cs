using IntegrationConsole.Mappings.Text;
using IntegrationConsole.Webhooks;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Reads a webhook endpoint of a file.</summary>
internal static class WebhookReading
{
    private static readonly string[] Keys =
        ["name", "slug", "verify", "credential", "oldCredential", "header", "algorithm", "encoding", "prefix", "replayMinutes", "id", "records", "headers", "maxBytes", "enabled"];

    public static DeclaredWebhook? Read(YamlNode node, string key, DeclarationProblems problems)
    {
        if (Section.Of(node, key, problems, Keys) is not { } section)
        {
            return null;
        }

        var name = section.Needed("name", "The endpoint needs a name.").Trim();
        var credential = section.Needed("credential", "The name of a credential of kind webhookSecret is needed: nothing is taken that is not proved.").Trim();
        var id = section.Below("id", "header", "path");
        var usual = WebhookSettings.Usual;
        var settings = usual with
        {
            Scheme = section.Choice("verify", usual.Scheme), Header = section.Text("header")?.Trim() ?? "", Algorithm = section.Choice("algorithm", usual.Algorithm),
            Encoding = section.Choice("encoding", usual.Encoding), Prefix = section.Text("prefix") ?? "", ReplayMinutes = section.Number("replayMinutes", 1, 24 * 60) ?? usual.ReplayMinutes,
            IdHeader = id?.Text("header")?.Trim() ?? "", IdPath = id?.Text("path")?.Trim() ?? "", Records = section.Text("records")?.Trim() ?? "",
            Headers = section.Words("headers"), MostBytes = section.Number("maxBytes", 1024, WebhookSettings.MostBytesOfAll) ?? usual.MostBytes,
        };
        var draft = new WebhookDraft(name, section.Text("slug")?.Trim() ?? "", settings, section.Flag("enabled") ?? true);
        return new DeclaredWebhook(key, draft with { Slug = WebhookStore.SlugOf(draft) }, credential, section.Text("oldCredential")?.Trim());
    }
}
