using IntegrationConsole.Connectors.Files.Folders;
using IntegrationConsole.Connectors.Files.Formats;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Schemas;

namespace IntegrationConsole.Connectors.Files;

/// <summary>What must hold for a file connection's settings beyond their form.</summary>
internal static class FileSettingRules
{
    public static IReadOnlyList<SettingProblem> Check(FileSettings settings)
    {
        var problems = new List<SettingProblem>();
        if (settings.IsFolder && !AllowedFolders.IsPlain(settings.Folder))
        {
            problems.Add(new("folder", "Name the folder without .. in its path."));
        }

        if (settings.IsFolder && settings.Pattern.AsSpan().ContainsAny("/\\\0"))
        {
            problems.Add(new("pattern", "The file names are a pattern such as orders-*.csv, without folders."));
        }

        if (settings.Comment.Length > 0 && !(settings.Comment is [var prefix] && char.IsAscii(prefix) && !char.IsLetterOrDigit(prefix) && prefix is not (',' or ';' or '|' or '"' or '\'')))
        {
            problems.Add(new("comment", "The comment prefix is one character such as #, and neither a delimiter nor a quote."));
        }

        if (!FieldPath.TryParse(settings.Records, out _))
        {
            problems.Add(new("records", "The record selector is a path such as data.items."));
        }

        if (!ElementPath.TryParse(settings.Element, out _))
        {
            problems.Add(new("element", "The record element is a name such as order, or a path such as export/orders/order."));
        }

        if (settings.Schema.Length > 0 && XmlSchemaDocument.Compile([settings.Schema]) is XmlSchemaCompilation.Refused refused)
        {
            problems.Add(new("schema", refused.Line > 0 ? $"Line {refused.Line}: {refused.Sentence}" : refused.Sentence));
        }

        return problems;
    }
}
