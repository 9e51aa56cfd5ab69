using IntegrationConsole.Connectors.Failures;
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

    /// <summary>The property of the record that is at fault; empty where it cannot be told.</summary>
    public static string PropertyOf(MappingDocument document, DeadLetter letter)
    {
        // A pointer says where in the record that came, or where in the row that was made of it.
        var place = letter.Field is ['/', .. var pointer] ? pointer.Split('/')[0].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal) : letter.Field;
        if (letter is { Field: ['/', ..], Cause: FailureCause.SchemaChange })
        {
            return place;
        }

        var source = document.Fields.FirstOrDefault(rule => rule.Name == place);
        return source is { Origin: ValueOrigin.Path } ? source.Source.Split('.', '[')[0].Trim('`') : "";
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
