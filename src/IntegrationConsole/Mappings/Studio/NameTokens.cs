namespace IntegrationConsole.Mappings.Studio;

/// <summary>The words in a field's name, whatever its spelling, and how near two such names are.</summary>
internal static class NameTokens
{
    /// <summary>Words that mean the same in records; the first stands for all of its line.</summary>
    private static readonly string[][] Synonyms =
    [
        ["postcode", "zip", "zipcode", "postalcode", "plz", "postal"],
        ["email", "mail", "emailaddress", "mailaddress"],
        ["phone", "telephone", "tel", "mobile", "cell", "phonenumber"],
        ["id", "identifier", "key", "uid"],
        ["number", "no", "nr", "num"],
        ["name", "title", "label", "designation"],
        ["first", "given", "forename"],
        ["last", "family", "surname"],
        ["company", "organization", "organisation", "firm", "org"],
        ["customer", "client", "buyer", "debtor"],
        ["supplier", "vendor", "creditor"],
        ["amount", "total", "sum", "value"],
        ["quantity", "qty", "count", "units"],
        ["price", "cost", "rate"],
        ["created", "creation", "inserted", "added"],
        ["updated", "modified", "changed", "edited"],
        ["date", "day", "at", "on", "time", "timestamp"],
        ["birth", "birthday", "born", "dob"],
        ["country", "nation", "countrycode"],
        ["city", "town", "locality"],
        ["state", "region", "province"],
        ["street", "road", "address1", "line1"],
        ["description", "descr", "desc", "text", "remarks", "notes", "note", "comment"],
        ["product", "article", "item", "sku"],
        ["status", "stage"],
        ["category", "kind", "type", "class"],
        ["latitude", "lat"],
        ["longitude", "lon", "lng", "long"],
        ["url", "link", "website", "web", "homepage"],
        ["language", "lang", "locale"],
        ["currency", "ccy", "currencycode"],
        ["active", "enabled"],
    ];

    private static readonly Dictionary<string, string> Meanings = Synonyms.SelectMany(words => words.Select(word => (word, First: words[0]))).ToDictionary(pair => pair.word, pair => pair.First);

    /// <summary><c>billing.zipCode</c> is billing, zip, code.</summary>
    public static IReadOnlyList<string> Of(string name)
    {
        var tokens = new List<string>();
        var start = 0;
        for (var at = 0; at <= name.Length; at++)
        {
            var ends = at == name.Length || !char.IsLetterOrDigit(name[at]);
            var turns = !ends && at > start && char.IsUpper(name[at]) && (char.IsLower(name[at - 1]) || (at + 1 < name.Length && char.IsLower(name[at + 1])));
            if ((ends || turns) && at > start)
            {
                tokens.Add(name[start..at].ToLowerInvariant());
            }

            start = ends ? at + 1 : turns ? at : start;
        }

        return tokens;
    }

    public static string Plain(string name) => string.Concat(Of(name));

    /// <summary>The words by what they mean; two that only together mean something, such as zip code, are one.</summary>
    public static IReadOnlyList<string> Meant(IReadOnlyList<string> tokens)
    {
        var meant = new List<string>();
        for (var index = 0; index < tokens.Count; index++)
        {
            if (index + 1 < tokens.Count && Meanings.TryGetValue(tokens[index] + tokens[index + 1], out var both))
            {
                meant.Add(both);
                index++;
            }
            else
            {
                meant.Add(Meanings.GetValueOrDefault(tokens[index], tokens[index]));
            }
        }

        return meant;
    }

    /// <summary>1 for the same text, 0 for one that has nothing of it; two letters that changed places count once.</summary>
    public static double Likeness(string one, string other)
    {
        const int Longest = 64;
        if (one.Length == 0 || other.Length == 0 || one.Length > Longest || other.Length > Longest)
        {
            return one == other ? 1 : 0;
        }

        var distances = new int[one.Length + 1, other.Length + 1];
        for (var row = 0; row <= one.Length; row++)
        {
            for (var column = 0; column <= other.Length; column++)
            {
                distances[row, column] = row == 0 ? column : column == 0 ? row : Least(distances, row, column, one, other);
            }
        }

        return 1 - (double)distances[one.Length, other.Length] / Math.Max(one.Length, other.Length);
    }

    private static int Least(int[,] distances, int row, int column, string one, string other)
    {
        var least = Math.Min(Math.Min(distances[row - 1, column], distances[row, column - 1]) + 1, distances[row - 1, column - 1] + (one[row - 1] == other[column - 1] ? 0 : 1));
        return row > 1 && column > 1 && one[row - 1] == other[column - 2] && one[row - 2] == other[column - 1] ? Math.Min(least, distances[row - 2, column - 2] + 1) : least;
    }
}
