namespace IntegrationConsole.Mappings.Agreements;

/// <summary>Names out of records and schemas, fit to stand in a sentence, a log and a database column, whatever a hostile source calls its fields.</summary>
internal static class Legible
{
    private const int MostCharacters = 400;

    /// <summary>Shortened, and without half characters and control characters: PostgreSQL takes no NUL in a text.</summary>
    public static string Text(string text)
    {
        var legible = text.Length <= MostCharacters ? text.ToCharArray() : text.AsSpan(0, MostCharacters).ToArray();
        for (var index = 0; index < legible.Length; index++)
        {
            if (index + 1 < legible.Length && char.IsSurrogatePair(legible[index], legible[index + 1]))
            {
                index++;
            }
            else if (char.IsControl(legible[index]) || char.IsSurrogate(legible[index]))
            {
                legible[index] = '\uFFFD';
            }
        }

        return text.Length <= MostCharacters ? new string(legible) : $"{new string(legible)}…";
    }
}
