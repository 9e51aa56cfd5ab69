using IntegrationConsole.Mappings;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>Finds the place in the records that a group's failing field is about.</summary>
internal static class FailingPlace
{
    /// <returns>With dots, and asterisks for positions in lists; empty where it cannot be told.</returns>
    public static string Of(MappingDocument? document, string field)
    {
        if (field is ['/', .. var pointer])
        {
            return Dotted(pointer.Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));
        }

        return document?.Fields.FirstOrDefault(rule => rule.Name == field) is { Origin: ValueOrigin.Path } source
            ? FailureFingerprint.WithoutIndexes(source.Source.Replace("`", "", StringComparison.Ordinal)) : "";
    }

    private static string Dotted(IEnumerable<string> parts)
    {
        var path = "";
        foreach (var part in parts)
        {
            path = part == "*" ? $"{path}[*]" : path.Length == 0 ? part : $"{path}.{part}";
        }

        return path;
    }
}
