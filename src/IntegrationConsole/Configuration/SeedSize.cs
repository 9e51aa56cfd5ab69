using System.Globalization;

namespace IntegrationConsole.Configuration;

/// <summary>How much made-up history to make.</summary>
/// <param name="Integrations">In all, spread over the tenants.</param>
/// <param name="Letters">Dead letters in all; a few of the integrations have most of them.</param>
public sealed record SeedSize(int Tenants = 20, int Integrations = 200, int Letters = 20_000)
{
    /// <returns>Null where the options are not understood.</returns>
    public static SeedSize? Parse(string[] options)
    {
        var size = new SeedSize();
        for (var at = 0; at < options.Length; at += 2)
        {
            if (at + 1 == options.Length || !int.TryParse(options[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            switch (options[at])
            {
                case "--tenants" when number is >= 1 and <= 1_000:
                    size = size with { Tenants = number };
                    break;
                case "--integrations" when number is >= 1 and <= 10_000:
                    size = size with { Integrations = number };
                    break;
                case "--letters" when number <= 2_000_000:
                    size = size with { Letters = number };
                    break;
                default:
                    return null;
            }
        }

        return size;
    }
}
