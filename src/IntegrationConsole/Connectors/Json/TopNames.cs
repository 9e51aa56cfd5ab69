using System.Text.Json;

namespace IntegrationConsole.Connectors.Json;

/// <summary>The names at the top of a document, for somebody who looks for its list of records. Values are never told.</summary>
internal static class TopNames
{
    private const int MostNames = 12;
    private const int MostCharacters = 40;

    /// <param name="document">Its beginning may be enough.</param>
    /// <returns>Empty where the document is no object.</returns>
    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> document)
    {
        var names = new List<string>();
        var reader = new Utf8JsonReader(document, isFinalBlock: false, default);
        try
        {
            while (names.Count < MostNames && reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.GetString() is { Length: <= MostCharacters } name)
                {
                    names.Add(name);
                }
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // What came before the damage is what there is to tell.
        }

        return names;
    }
}
