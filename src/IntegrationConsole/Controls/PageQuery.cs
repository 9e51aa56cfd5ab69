using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace IntegrationConsole.Controls;

/// <summary>
/// What a page's address asks for, read name by name. What cannot be read is left out and kept to be said; what nobody
/// asked for is unknown here, and is said too.
/// </summary>
public sealed class PageQuery
{
    /// <summary>Longer values are cut where they are repeated to the reader.</summary>
    private const int LongestSaid = 40;

    /// <summary>Not a filter: the saved view that was opened.</summary>
    private const string View = "view";

    public static readonly PageQuery Empty = new("", new(StringComparer.OrdinalIgnoreCase));

    private readonly Dictionary<string, StringValues> _values;
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase) { View };
    private readonly Dictionary<string, string> _dropped = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _path;

    private PageQuery(string path, Dictionary<string, StringValues> values) => (_path, _values) = (path, values);

    /// <param name="address">All of it, or its path and query.</param>
    public static PageQuery Of(string address)
    {
        var query = address.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? new PageQuery(address, new(StringComparer.OrdinalIgnoreCase)) : new PageQuery(address[..query], QueryHelpers.ParseQuery(address[query..].Split('#')[0]));
    }

    /// <summary>What was left out, in whole sentences; to be read when everything was asked for.</summary>
    public IReadOnlyList<string> Complaints =>
    [
        .. _dropped.Select(pair => $"“{pair.Key}={Said(pair.Value)}” cannot be read and is left out."),
        .. Unknown.ToList() is { Count: > 0 } names ? [$"{string.Join(", ", names.Select(name => $"“{Said(name)}”"))} in the address {(names.Count == 1 ? "is" : "are")} not known here."] : Array.Empty<string>(),
    ];

    /// <summary>What was asked for and could not be read, by its name.</summary>
    public IReadOnlyCollection<string> Unreadable => _dropped.Keys;

    /// <summary>The same address without what was left out.</summary>
    public string Tidy => QueryHelpers.AddQueryString(_path, _values.Where(pair => _known.Contains(pair.Key) && !_dropped.ContainsKey(pair.Key)));

    private IEnumerable<string> Unknown => _values.Keys.Where(name => !_known.Contains(name)).Order(StringComparer.Ordinal);

    /// <returns>Null where it is not asked for.</returns>
    public string? Text(string name)
    {
        _known.Add(name);
        return _values.TryGetValue(name, out var values) && values.ToString().Trim() is { Length: > 0 } text ? text : null;
    }

    public Guid? Id(string name) => Read(name, text => Guid.TryParse(text, out var id) ? id : (Guid?)null);

    public T? Choice<T>(string name)
        where T : struct, Enum =>
        Read(name, text => Enum.TryParse<T>(text, ignoreCase: true, out var one) && Enum.IsDefined(one) && !char.IsAsciiDigit(text[0]) ? one : (T?)null);

    /// <param name="name">Of the parameter.</param>
    /// <param name="among">What it may be.</param>
    public string? Choice(string name, IEnumerable<string> among) => Text(name) is not { } text ? null : among.FirstOrDefault(one => one.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? Drop(name, text);

    public int? Number(string name, int from = 0) =>
        Read(name, text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from ? number : (int?)null);

    public DateOnly? Day(string name) => Read(name, text => DateOnly.TryParse(text, CultureInfo.InvariantCulture, out var day) ? day : (DateOnly?)null);

    /// <summary>In a time in which something may have happened: ranges around it can be shifted without an end of the calendar in the way.</summary>
    public DateTimeOffset? Moment(string name) => Read(name, text =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && at.Year is >= 1970 and < 2200 ? at : (DateTimeOffset?)null);

    /// <summary>A value that has a reader of its own, such as a place in a list.</summary>
    public T? Read<T>(string name, Func<string, T?> read)
        where T : struct
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var value = read(text);
        if (value is null)
        {
            Drop(name, text);
        }

        return value;
    }

    /// <summary>Something that an address may ask for several times.</summary>
    public IReadOnlyList<T> Each<T>(string name, Func<string, T?> read)
        where T : class
    {
        _known.Add(name);
        var each = new List<T>();
        foreach (var text in _values.TryGetValue(name, out var values) ? values : StringValues.Empty)
        {
            if (text?.Trim() is { Length: > 0 } asked)
            {
                if (read(asked) is { } value)
                {
                    each.Add(value);
                }
                else
                {
                    Drop(name, asked);
                }
            }
        }

        return each;
    }

    /// <summary>By what a list is sorted: a column's name, with a minus before it where the greatest comes first.</summary>
    /// <param name="among">The names with their signs; the first is the usual one.</param>
    public string Sort(params string[] among) => Choice("sort", among) ?? among[0];

    private string? Drop(string name, string text)
    {
        _dropped[name] = text;
        return null;
    }

    private static string Said(string text) => text.Length <= LongestSaid ? text : $"{text[..LongestSaid]}…";
}
