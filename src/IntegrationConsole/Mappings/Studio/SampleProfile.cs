using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Studio;

/// <summary>What the sample records hold at one path.</summary>
/// <param name="Path">Without positions: all items of a list count together.</param>
/// <param name="Type">The narrowest type that fits every value.</param>
/// <param name="IsInList">Each record may hold several of it.</param>
/// <param name="PresentIn">In how many records it stands, be it null.</param>
/// <param name="FilledIn">In how many records it has a value that is neither null nor empty.</param>
/// <param name="Distinct">How many different values there are, as far as they were counted.</param>
/// <param name="Least">The smallest number, the earliest date, or the first text; empty where there is none.</param>
/// <param name="Most">The other end.</param>
/// <param name="Patterns">The forms of the texts, the most frequent first.</param>
/// <param name="Looks">What all values look like, such as <c>email</c>; empty where that cannot be said.</param>
public sealed record FieldProfile(
    string Path, FieldType Type, bool IsSingle, bool IsInList, int PresentIn, int FilledIn, int Distinct, bool DistinctIsExact, string Least, string Most, int Shortest, int Longest,
    IReadOnlyList<ValuePattern> Patterns, string Looks, string Example);

/// <summary>What can be said of a sample's values, field by field.</summary>
/// <param name="Records">How many records were looked at.</param>
public sealed record SampleProfile(int Records, IReadOnlyList<FieldProfile> Fields)
{
    public static readonly SampleProfile Empty = new(0, []);

    private const int DeepestLevel = 8;
    private const int MostFields = 1_000;

    /// <summary>Of a long list in one record, the first items tell what the others are like.</summary>
    private const int MostItems = 100;

    public static SampleProfile Of(IEnumerable<JsonElement> records)
    {
        var found = new Dictionary<string, ProfiledField>();
        var count = 0;
        foreach (var record in records)
        {
            count++;
            Visit(record, "", 0, isInList: false, count, found);
        }

        return new SampleProfile(count, [.. found.Select(pair => pair.Value.Finish(pair.Key))]);
    }

    /// <summary>The share of records without a value there, in per cent.</summary>
    public int EmptyPercent(FieldProfile field) => Records == 0 ? 0 : (int)Math.Round(100.0 * (Records - field.FilledIn) / Records, MidpointRounding.AwayFromZero);

    private static void Visit(JsonElement value, string path, int level, bool isInList, int record, Dictionary<string, ProfiledField> found)
    {
        if (value.ValueKind is JsonValueKind.Object && level < DeepestLevel)
        {
            foreach (var property in value.EnumerateObject())
            {
                if (SampleShape.NameOf(property) is { } name)
                {
                    Visit(property.Value, path.Length == 0 ? name : $"{path}.{name}", level + 1, isInList, record, found);
                }
            }

            return;
        }

        if (path.Length == 0 || (!found.ContainsKey(path) && found.Count >= MostFields))
        {
            return;
        }

        if (value.ValueKind is JsonValueKind.Array && level < DeepestLevel)
        {
            Take(found, path, isInList).AddList(value, record);
            foreach (var item in value.EnumerateArray().Take(MostItems))
            {
                Visit(item, path, level + 1, isInList: true, record, found);
            }
        }
        else
        {
            Take(found, path, isInList).Add(value, SampleShape.TextOf(value), record);
        }
    }

    private static ProfiledField Take(Dictionary<string, ProfiledField> found, string path, bool isInList) => found.TryGetValue(path, out var known) ? known : found[path] = new ProfiledField(isInList);

    private sealed class ProfiledField(bool isInList)
    {
        private const int MostDistinct = 1_000;
        private const int MostPatterns = 3;
        private const int LongestShown = 60;

        private readonly HashSet<string> _distinct = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> _patterns = new(StringComparer.Ordinal);
        private readonly ValueLooks _looks = new();
        private FieldType? _type;
        private bool _isSingle = true;
        private int _present;
        private int _filled;
        private int _lastPresent;
        private int _lastFilled;
        private bool _isExact = true;
        private decimal? _leastNumber;
        private decimal? _mostNumber;
        private string? _leastText;
        private string? _mostText;
        private int _shortest = int.MaxValue;
        private int _longest;
        private string _example = "";

        public void AddList(JsonElement list, int record)
        {
            _isSingle = false;
            Count(ref _present, ref _lastPresent, record);
            if (list.GetArrayLength() > 0)
            {
                Count(ref _filled, ref _lastFilled, record);
            }
        }

        public void Add(JsonElement value, string text, int record)
        {
            Count(ref _present, ref _lastPresent, record);
            if (value.ValueKind is JsonValueKind.Null || text.Length == 0)
            {
                return;
            }

            Count(ref _filled, ref _lastFilled, record);
            _isSingle &= value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);
            _type = SampleShape.Wider(_type, SampleShape.TypeOf(value, text));
            _example = _example.Length > 0 ? _example : Cut(text);
            _isExact &= _distinct.Count < MostDistinct || _distinct.Contains(text);
            if (_distinct.Count < MostDistinct)
            {
                _distinct.Add(text);
            }

            Measure(value, text);
        }

        public FieldProfile Finish(string path)
        {
            var type = _type ?? FieldType.String;
            var byNumber = type is FieldType.Integer or FieldType.Decimal;
            var patterns = type is FieldType.String ? _patterns.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(MostPatterns) : [];
            return new FieldProfile(
                path, _isSingle ? type : FieldType.Json, _isSingle, isInList, _present, _filled, _distinct.Count, _isExact,
                byNumber ? Text(_leastNumber) : Cut(_leastText ?? ""), byNumber ? Text(_mostNumber) : Cut(_mostText ?? ""), _longest == 0 ? 0 : _shortest, _longest,
                [.. patterns.Select(pair => new ValuePattern(pair.Key, pair.Value))], _looks.Word, _example);
        }

        private void Measure(JsonElement value, string text)
        {
            if (value.ValueKind is JsonValueKind.Number)
            {
                if (value.TryGetDecimal(out var number))
                {
                    _leastNumber = _leastNumber is { } least ? Math.Min(least, number) : number;
                    _mostNumber = _mostNumber is { } most ? Math.Max(most, number) : number;
                }
            }
            else
            {
                _shortest = Math.Min(_shortest, text.Length);
                _longest = Math.Max(_longest, text.Length);
                var pattern = ValuePattern.Of(text);
                if (_patterns.TryGetValue(pattern, out var count) || _patterns.Count < MostDistinct)
                {
                    _patterns[pattern] = count + 1;
                }
            }

            _leastText = _leastText is null || string.CompareOrdinal(text, _leastText) < 0 ? text : _leastText;
            _mostText = _mostText is null || string.CompareOrdinal(text, _mostText) > 0 ? text : _mostText;
            _looks.Add(text);
        }

        private static void Count(ref int count, ref int last, int record)
        {
            count += last == record ? 0 : 1;
            last = record;
        }

        private static string Text(decimal? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

        // Not in the middle of a character.
        private static string Cut(string text) => text.Length <= LongestShown ? text : text[..(char.IsHighSurrogate(text[LongestShown - 1]) ? LongestShown - 1 : LongestShown)] + "…";
    }
}
