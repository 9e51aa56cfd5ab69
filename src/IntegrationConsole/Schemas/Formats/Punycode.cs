using System.Text;

namespace IntegrationConsole.Schemas.Formats;

/// <summary>The encoding of international labels in ASCII (RFC 3492).</summary>
internal static class Punycode
{
    private const int Base = 36;
    private const int LeastThreshold = 1;
    private const int LargestThreshold = 26;
    private const int FirstBias = 72;
    private const int FirstCodePoint = 128;

    /// <summary>The label without its prefix, decoded; null where it is not validly encoded.</summary>
    public static string? Decode(string encoded)
    {
        var mark = encoded.LastIndexOf('-');
        var output = mark > 0 ? encoded[..mark].Select(unit => (int)unit).ToList() : [];
        var (codePoint, place, bias) = (FirstCodePoint, 0, FirstBias);
        for (var at = mark > 0 ? mark + 1 : 0; at < encoded.Length;)
        {
            var before = place;
            var weight = 1;
            for (var k = Base; ; k += Base)
            {
                if (at >= encoded.Length || DigitOf(encoded[at++]) is not { } digit || digit > (int.MaxValue - place) / weight)
                {
                    return null;
                }

                place += digit * weight;
                var threshold = ThresholdOf(k, bias);
                if (digit < threshold)
                {
                    break;
                }

                if (weight > int.MaxValue / (Base - threshold))
                {
                    return null;
                }

                weight *= Base - threshold;
            }

            bias = Adapt(place - before, output.Count + 1, before == 0);
            codePoint += place / (output.Count + 1);
            place %= output.Count + 1;
            if (!Rune.IsValid(codePoint))
            {
                return null;
            }

            output.Insert(place++, codePoint);
        }

        return string.Concat(output.Select(char.ConvertFromUtf32));
    }

    /// <summary>How many characters the label takes when encoded, without its prefix.</summary>
    public static int EncodedLength(string label)
    {
        var codePoints = label.EnumerateRunes().Select(rune => rune.Value).ToList();
        var basic = codePoints.Count(value => value < FirstCodePoint);
        var (length, handled, bias, delta, codePoint) = (basic + (basic > 0 ? 1 : 0), basic, FirstBias, 0L, FirstCodePoint);
        while (handled < codePoints.Count)
        {
            var next = codePoints.Where(value => value >= codePoint).Min();
            delta += (long)(next - codePoint) * (handled + 1);
            codePoint = next;
            foreach (var value in codePoints)
            {
                delta += value < codePoint ? 1 : 0;
                if (value != codePoint)
                {
                    continue;
                }

                length += DigitsOf(delta, bias);
                bias = Adapt((int)Math.Min(delta, int.MaxValue), handled + 1, handled == basic);
                delta = 0;
                handled++;
            }

            delta++;
            codePoint++;
        }

        return length;
    }

    private static int DigitsOf(long delta, int bias)
    {
        var digits = 1;
        for (var k = Base; delta >= ThresholdOf(k, bias); k += Base)
        {
            var threshold = ThresholdOf(k, bias);
            delta = (delta - threshold) / (Base - threshold);
            digits++;
        }

        return digits;
    }

    private static int ThresholdOf(int k, int bias) => Math.Clamp(k - bias, LeastThreshold, LargestThreshold);

    private static int Adapt(int delta, int count, bool isFirst)
    {
        delta /= isFirst ? 700 : 2;
        delta += delta / count;
        var k = 0;
        for (; delta > (Base - LeastThreshold) * LargestThreshold / 2; k += Base)
        {
            delta /= Base - LeastThreshold;
        }

        return k + (Base - LeastThreshold + 1) * delta / (delta + 38);
    }

    private static int? DigitOf(char unit) => unit switch
    {
        >= 'a' and <= 'z' => unit - 'a',
        >= 'A' and <= 'Z' => unit - 'A',
        >= '0' and <= '9' => unit - '0' + 26,
        _ => null,
    };
}
